package main

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

func main() {
	once := make([]byte, 16)
	if _, err := rand.Read(once); err != nil {
		panic(err)
	}
	body := strings.NewReader(`{"sku": "TEST_SUCCESS", "partner_order_no": "P-1001"}`)
	request, err := http.NewRequest("POST", "https://shop.example.com/api/v1/orders", body)
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("QY_KEY"))
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", hex.EncodeToString(once))
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	told, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(answer.StatusCode, string(told))
}
