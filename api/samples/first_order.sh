curl -sS https://shop.example.com/api/v1/orders \
  -H "Authorization: Bearer $QY_KEY" \
  -H "Content-Type: application/json" \
  -H "Idempotency-Key: $(openssl rand -hex 16)" \
  -d '{"sku": "TEST_SUCCESS", "partner_order_no": "P-1001"}'
