curl -sS https://shop.example.com/api/v1/orders \
  -H "Authorization: Bearer qy_test_YOUR_KEY" \
  -H "Content-Type: application/json" \
  -H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" \
  -d '{"sku": "YOUR_SKU", "partner_order_no": "P-1001"}'
