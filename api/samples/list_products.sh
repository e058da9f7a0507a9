curl -sS https://shop.example.com/api/v1/products \
  -H "Authorization: Bearer qy_test_YOUR_KEY"
