import com.amazonaws.athena.connector.lambda.QueryStatusChecker;
import com.amazonaws.athena.connector.lambda.data.Block;
import com.amazonaws.athena.connector.lambda.data.BlockAllocator;
import com.amazonaws.athena.connector.lambda.data.BlockSpiller;
import com.amazonaws.athena.connector.lambda.data.BlockWriter;
import com.amazonaws.athena.connector.lambda.data.SchemaBuilder;
import com.amazonaws.athena.connector.lambda.data.FieldResolver;
import com.amazonaws.athena.connector.lambda.domain.Split;
import com.amazonaws.athena.connector.lambda.domain.TableName;
import com.amazonaws.athena.connector.lambda.handlers.CompositeHandler;
import com.amazonaws.athena.connector.lambda.handlers.MetadataHandler;
import com.amazonaws.athena.connector.lambda.handlers.RecordHandler;
import com.amazonaws.athena.connector.lambda.handlers.UserDefinedFunctionHandler;
import com.amazonaws.athena.connector.lambda.metadata.*;
import com.amazonaws.athena.connector.lambda.records.ReadRecordsRequest;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.*;
import java.util.concurrent.Executors;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Functions of AWS's own SDK, invoked over HTTP as Lambda is, at a port: tables of every type and of many rows, and a UDF. */
public class functions {
  static final String SOURCE = "sdk-test";
  static final int YEARS = 4;
  static final int ROWS_OF_A_YEAR = Integer.getInteger("rows", 1000);

  public static void main(String[] arguments) throws Exception {
    Map<String, String> settings = new HashMap<>(System.getenv());
    Metadata metadata = new Metadata(settings);
    Records records = new Records(settings);
    Map<String, RequestStreamHandler> handlers = Map.of(
        "metadata", metadata, "records", records, "composite", new CompositeHandler(metadata, records), "udf", new Functions());
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])), 0);
    server.setExecutor(Executors.newFixedThreadPool(8));
    server.createContext("/2015-03-31/functions/", exchange -> answer(exchange, handlers));
    server.start();
    System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
    // They end with whoever started them.
    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  static void answer(HttpExchange exchange, Map<String, RequestStreamHandler> handlers) throws java.io.IOException {
    String name = exchange.getRequestURI().getPath().split("/")[3];
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] body;
    try {
      handlers.get(name).handleRequest(new ByteArrayInputStream(exchange.getRequestBody().readAllBytes()), out, null);
      body = out.toByteArray();
    } catch (Throwable error) {
      // As the Java runtime of Lambda tells it.
      exchange.getResponseHeaders().add("X-Amz-Function-Error", "Unhandled");
      body = new ObjectMapper().writeValueAsBytes(Map.of(
          "errorMessage", String.valueOf(error.getMessage()), "errorType", error.getClass().getName(), "stackTrace", List.of()));
    }
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  static Schema kinds() {
    Field item = new Field("item", FieldType.nullable(MinorType.VARCHAR.getType()), null);
    Field entries = new Field("entries", FieldType.notNullable(MinorType.STRUCT.getType()), List.of(
        new Field("key", FieldType.notNullable(MinorType.VARCHAR.getType()), null),
        new Field("value", FieldType.nullable(MinorType.INT.getType()), null)));
    return SchemaBuilder.newBuilder()
        .addBitField("ok").addTinyIntField("tiny").addSmallIntField("small").addIntField("whole").addBigIntField("big")
        .addFloat4Field("ratio").addFloat8Field("score").addStringField("name")
        .addField("raw", MinorType.VARBINARY.getType())
        .addDecimalField("price", 10, 2).addDecimalField("wide", 38, 4)
        .addDateDayField("day").addDateMilliField("moment")
        .addField("instant", new ArrowType.Timestamp(TimeUnit.MILLISECOND, "UTC"))
        .addListField("tags", MinorType.VARCHAR.getType())
        .addStructField("place").addChildField("place", "city", MinorType.VARCHAR.getType())
        .addChildField("place", "zip", MinorType.INT.getType())
        .addField(new Field("attrs", FieldType.nullable(new ArrowType.Map(false)), List.of(entries)))
        .addMetadata("big", "As large as they come").addMetadata("origin", "the SDK")
        .build();
  }

  static Schema numbers() {
    return SchemaBuilder.newBuilder().addBigIntField("n").addStringField("text").addIntField("year").build();
  }

  static class Metadata extends MetadataHandler {
    Metadata(Map<String, String> settings) {
      super(SOURCE, settings);
    }

    @Override public ListSchemasResponse doListSchemaNames(BlockAllocator allocator, ListSchemasRequest request) {
      return new ListSchemasResponse(request.getCatalogName(), List.of("sdk", "empty"));
    }

    /** One to a page. */
    @Override public ListTablesResponse doListTables(BlockAllocator allocator, ListTablesRequest request) {
      List<String> names = request.getSchemaName().equals("sdk") ? List.of("broken", "kinds", "numbers") : List.of();
      int at = request.getNextToken() == null ? 0 : Integer.parseInt(request.getNextToken());
      List<TableName> page = at < names.size() ? List.of(new TableName("sdk", names.get(at))) : List.of();
      return new ListTablesResponse(request.getCatalogName(), page, at + 1 < names.size() ? String.valueOf(at + 1) : null);
    }

    @Override public GetTableResponse doGetTable(BlockAllocator allocator, GetTableRequest request) {
      String name = request.getTableName().getTableName();
      if (name.equals("kinds")) return new GetTableResponse(request.getCatalogName(), request.getTableName(), kinds());
      if (name.equals("numbers") || name.equals("broken"))
        return new GetTableResponse(request.getCatalogName(), request.getTableName(), numbers(), Set.of("year"));
      throw new IllegalArgumentException("There is no table " + name);
    }

    @Override public void getPartitions(BlockWriter writer, GetTableLayoutRequest request, QueryStatusChecker checker) {
      if (request.getPartitionCols().isEmpty()) return;
      for (int i = 0; i < YEARS; i++) {
        int year = 2020 + i;
        writer.writeRows((Block block, int row) -> block.setValue("year", row, year) ? 1 : 0);
      }
    }

    /** A split for each partition, and for each split a call. */
    @Override public GetSplitsResponse doGetSplits(BlockAllocator allocator, GetSplitsRequest request) {
      int at = request.getContinuationToken() == null ? 0 : Integer.parseInt(request.getContinuationToken());
      Split.Builder split = Split.newBuilder(makeSpillLocation(request), makeEncryptionKey());
      if (request.getPartitionCols().contains("year")) {
        var years = request.getPartitions().getFieldReader("year");
        years.setPosition(at);
        split.add("year", String.valueOf(years.readInteger()));
      }
      String next = at + 1 < request.getPartitions().getRowCount() ? String.valueOf(at + 1) : null;
      return new GetSplitsResponse(request.getCatalogName(), Set.of(split.build()), next);
    }
  }

  static class Records extends RecordHandler {
    Records(Map<String, String> settings) {
      super(SOURCE, settings);
    }

    @Override protected void readWithConstraint(BlockSpiller spiller, ReadRecordsRequest request, QueryStatusChecker checker) {
      System.err.println("READ " + request.getTableName() + " " + request.getConstraints() + " " + request.getSplit().getProperties());
      switch (request.getTableName().getTableName()) {
        case "kinds" -> { for (int i = 0; i < 3; i++) { int n = i; spiller.writeRows((block, row) -> kind(block, row, n)); } }
        case "numbers" -> {
          int year = request.getSplit().getPropertyAsInt("year");
          for (int i = 0; i < ROWS_OF_A_YEAR; i++) {
            long n = i;
            spiller.writeRows((block, row) -> block.offerValue("n", row, n) & block.offerValue("text", row, "row " + n)
                & block.offerValue("year", row, year) ? 1 : 0);
          }
        }
        default -> throw new IllegalStateException("The source is out of order");
      }
    }

    /** The last row has no values. */
    int kind(Block block, int row, int i) {
      boolean none = i == 2;
      boolean matched = true;
      matched &= block.offerValue("ok", row, none ? null : i == 0);
      matched &= block.offerValue("tiny", row, none ? null : (byte) (i == 0 ? -128 : 127));
      matched &= block.offerValue("small", row, none ? null : (short) (i == 0 ? -32768 : 32767));
      matched &= block.offerValue("whole", row, none ? null : i == 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE);
      matched &= block.offerValue("big", row, none ? null : i == 0 ? Long.MIN_VALUE : Long.MAX_VALUE);
      matched &= block.offerValue("ratio", row, none ? null : 0.5f + i);
      matched &= block.offerValue("score", row, none ? null : 1e300 * (i + 1));
      matched &= block.offerValue("name", row, none ? null : i == 0 ? "Zürich" : "");
      matched &= block.offerValue("raw", row, none ? null : new byte[] {(byte) i, (byte) 255});
      matched &= block.offerValue("price", row, none ? null : new BigDecimal(i == 0 ? "-12.50" : "99999999.99"));
      matched &= block.offerValue("wide", row, none ? null : new BigDecimal("-1234567890123456789012345678901234.5678"));
      matched &= block.offerValue("day", row, none ? null : LocalDate.of(i == 0 ? 1969 : 2024, 2, 28));
      matched &= block.offerValue("moment", row, none ? null : LocalDateTime.of(2024, 2, 29, 23, 59, 59, 123_000_000));
      matched &= block.offerValue("instant", row, none ? null
          : LocalDateTime.of(2024, 2, 29, 12, 0, 0).atZone(ZoneId.of(i == 0 ? "UTC" : "America/New_York")));
      matched &= block.offerComplexValue("tags", row, FieldResolver.DEFAULT, none ? null : i == 0 ? Arrays.asList("a", null) : List.of());
      Map<String, Object> place = new HashMap<>();
      place.put("city", i == 0 ? "Bonn" : null);
      place.put("zip", 53111);
      matched &= block.offerComplexValue("place", row, FieldResolver.DEFAULT, none ? null : place);
      matched &= block.offerComplexValue("attrs", row, FieldResolver.DEFAULT, none ? null : Map.of("k", i));
      return matched ? 1 : 0;
    }
  }

  public static class Functions extends UserDefinedFunctionHandler {
    public Functions() {
      super(SOURCE);
    }

    public Integer sum(Integer a, Integer b) {
      return a == null || b == null ? null : a + b;
    }

    public String every(Boolean ok, Byte tiny, Short small, Integer whole, Long big, Float ratio, Double score, BigDecimal price,
        LocalDate day, LocalDateTime moment, byte[] raw, List<String> tags, Map<String, Object> place) {
      return String.join("|", Arrays.asList(ok, tiny, small, whole, big, ratio, score, price, day, moment,
          raw == null ? null : HexFormat.of().formatHex(raw), tags, place == null ? null : new TreeMap<>(place))
          .stream().map(String::valueOf).toList());
    }

    public Boolean negated(Boolean ok) { return ok == null ? null : !ok; }
    public Byte next(Byte n) { return n == null ? null : (byte) (n + 1); }
    public Short next(Short n) { return n == null ? null : (short) (n + 1); }
    public Long next(Long n) { return n == null ? null : n + 1; }
    public Float next(Float n) { return n == null ? null : n + 1; }
    public Double next(Double n) { return n == null ? null : n + 1; }
    public BigDecimal next(BigDecimal n) { return n == null ? null : n.add(BigDecimal.ONE); }
    public LocalDate next(LocalDate day) { return day == null ? null : day.plusDays(1); }
    public LocalDateTime next(LocalDateTime moment) { return moment == null ? null : moment.plusNanos(1_000_000); }
    public byte[] twice(byte[] raw) {
      if (raw == null) return null;
      byte[] both = Arrays.copyOf(raw, raw.length * 2);
      System.arraycopy(raw, 0, both, raw.length, raw.length);
      return both;
    }
    public List<String> reversed(List<String> tags) {
      if (tags == null) return null;
      List<String> turned = new ArrayList<>(tags);
      Collections.reverse(turned);
      return turned;
    }
    public Map<String, Object> moved(Map<String, Object> place) {
      if (place == null) return null;
      Map<String, Object> other = new HashMap<>(place);
      other.put("zip", ((Integer) place.get("zip")) + 1);
      return other;
    }

    public String shout(String text) {
      if ("refuse".equals(text)) throw new IllegalArgumentException("I will not");
      return text == null ? null : text.toUpperCase() + "!";
    }
  }
}
