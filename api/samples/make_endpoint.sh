curl -sS https://shop.example.com/api/v1/webhook-endpoints \
  -H "Authorization: Bearer $QY_KEY" \
  -H "Content-Type: application/json" \
  -d '{"url": "https://your.example.com/webhooks"}'
