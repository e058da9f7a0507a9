curl -sS https://shop.example.com/api/v1/products \
  -H "Authorization: Bearer $QY_KEY"
