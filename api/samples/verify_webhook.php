<?php
/** $body as it came, before any JSON is read. */
function is_ours($secret, $id, $timestamp, $signature, $body) {
    if (abs(time() - (int) $timestamp) > 300) {
        return false;
    }
    $key = base64_decode(str_replace("whsec_", "", $secret));
    $wanted = base64_encode(hash_hmac("sha256", "$id.$timestamp.$body", $key, true));
    foreach (explode(" ", $signature) as $each) {
        if (hash_equals("v1,$wanted", $each)) {
            return true;
        }
    }
    return false;
}
