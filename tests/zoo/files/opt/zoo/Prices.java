import java.net.InetAddress;
import java.net.ServerSocket;

/** A daemon that its own java compiles at each start. */
public class Prices {
    public static void main(String[] words) throws Exception {
        ServerSocket line = new ServerSocket(8092, 50, InetAddress.getLoopbackAddress());
        while (true) {
            try (var caller = line.accept()) {
                caller.getOutputStream().write("hello\r\n".getBytes());
            }
        }
    }
}
