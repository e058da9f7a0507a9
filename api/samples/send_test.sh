export QY_ENDPOINT=we_YOUR_ENDPOINT
curl -sS "https://shop.example.com/api/v1/webhook-endpoints/$QY_ENDPOINT/test" \
  -H "Authorization: Bearer $QY_KEY" \
  -H "Content-Type: application/json" \
  -d '{"type": "order.completed"}'
