curl -sSO https://shop.example.com/developers/quanyi.zip
pip install ./quanyi.zip
