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
$order = json_decode(curl_exec($call), true);
foreach ($order["units"] as $unit) {
    echo $unit["state"], " ", $unit["code"], "\n";
}
