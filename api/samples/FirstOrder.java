import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.UUID;

public class FirstOrder {
    public static void main(String[] args) throws Exception {
        String body = "{\"sku\": \"TEST_SUCCESS\", \"partner_order_no\": \"P-1001\"}";
        HttpRequest request = HttpRequest.newBuilder()
            .uri(URI.create("https://shop.example.com/api/v1/orders"))
            .header("Authorization", "Bearer " + System.getenv("QY_KEY"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", UUID.randomUUID().toString())
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        System.out.println(answer.statusCode());
        System.out.println(answer.body());
    }
}
