<?php
$call = curl_init("https://shop.example.com/api/v1/orders");
curl_setopt_array($call, [
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_TIMEOUT => 30,
    CURLOPT_HTTPHEADER => [
        "Authorization: Bearer " . getenv("QY_KEY"),
        "Content-Type: application/json",
        "Idempotency-Key: " . bin2hex(random_bytes(16)),
    ],
    CURLOPT_POSTFIELDS => json_encode([
        "sku" => "TEST_SUCCESS",
        "partner_order_no" => "P-1001",
    ]),
]);
$answer = curl_exec($call);
if ($answer === false) {
    exit("not reached: " . curl_error($call) . "\n");
}
$order = json_decode($answer, true);
if (isset($order["error"])) {
    exit($order["error"]["code"] . ": " . $order["error"]["message"] . "\n");
}
echo $order["ref"], " ", $order["state"], "\n";
foreach ($order["units"] as $unit) {
    echo $unit["state"], " ", $unit["code"], "\n";
}
