/** Trino's own server, from the libraries of its coordinator alone: there is no archive to unpack. */
public class start {
  public static void main(String[] arguments) {
    new io.trino.server.Server().start(arguments[0]);
  }
}
