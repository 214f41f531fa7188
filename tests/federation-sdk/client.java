import com.amazonaws.athena.connector.lambda.data.*;
import com.amazonaws.athena.connector.lambda.domain.Split;
import com.amazonaws.athena.connector.lambda.domain.TableName;
import com.amazonaws.athena.connector.lambda.domain.predicate.*;
import com.amazonaws.athena.connector.lambda.domain.spill.S3SpillLocation;
import com.amazonaws.athena.connector.lambda.domain.spill.SpillLocation;
import com.amazonaws.athena.connector.lambda.metadata.*;
import com.amazonaws.athena.connector.lambda.records.*;
import com.amazonaws.athena.connector.lambda.request.*;
import com.amazonaws.athena.connector.lambda.security.FederatedIdentity;
import com.amazonaws.athena.connector.lambda.serde.VersionedObjectMapperFactory;
import com.amazonaws.athena.connector.lambda.udf.*;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.*;
import org.apache.arrow.vector.types.Types.MinorType;
import org.apache.arrow.vector.types.pojo.Schema;
import software.amazon.awssdk.services.s3.S3Client;

/** Asks a function in every version of the serialization, by the SDK's own classes, and prints what it understands. */
public class client {
  static final FederatedIdentity IDENTITY =
      new FederatedIdentity("arn:aws:iam::000000000000:user/ann", "000000000000", Map.of("team", "sales"), List.of("readers"), Map.of());
  static final String CATALOG = "shop";
  static final String QUERY = "query-1";

  final String url;
  final BlockAllocator allocator = new BlockAllocatorImpl();
  ObjectMapper mapper;

  client(String url) {
    this.url = url;
  }

  public static void main(String[] arguments) throws Exception {
    client client = new client(arguments[0]);
    for (int version = 2; version <= 6; version++) {
      client.mapper = VersionedObjectMapperFactory.create(client.allocator, version);
      client.walk(version);
    }
  }

  void walk(int version) throws Exception {
    PingResponse ping = (PingResponse) ask(new PingRequest(IDENTITY, CATALOG, QUERY));
    say(version, "ping", ping.getSourceType(), ping.getSerDeVersion());
    say(version, "schemas", ((ListSchemasResponse) ask(new ListSchemasRequest(IDENTITY, QUERY, CATALOG))).getSchemas());
    String next = null;
    do {
      ListTablesResponse page = (ListTablesResponse) ask(new ListTablesRequest(IDENTITY, QUERY, CATALOG, "shop", next, 1));
      say(version, "tables", page.getTables());
      next = page.getNextToken();
    } while (next != null);
    if (version >= 4)
      say(version, "capabilities", new TreeMap<>(((GetDataSourceCapabilitiesResponse)
          ask(new GetDataSourceCapabilitiesRequest(IDENTITY, QUERY, CATALOG))).getCapabilities()).keySet());
    GetTableResponse kinds = table("kinds");
    say(version, "kinds", kinds.getSchema());
    read(version, "kinds", kinds, Map.of(), 5_000_000);
    GetTableResponse orders = table("orders");
    say(version, "orders", orders.getSchema(), orders.getPartitionColumns());
    Map<String, ValueSet> wanted = Map.of(
        "year", SortedRangeSet.of(Range.greaterThan(allocator, MinorType.INT.getType(), 2021)),
        "id", SortedRangeSet.of(Range.lessThan(allocator, MinorType.BIGINT.getType(), 3L)),
        "name", EquatableValueSet.newBuilder(allocator, MinorType.VARCHAR.getType(), false, false).add(String.format("%-300s", "order 1").replace(' ', '.').replaceFirst("order\\.", "order ")).build());
    read(version, "orders", orders, wanted, 5_000_000);
    read(version, "orders", orders, Map.of("year", SortedRangeSet.of(Range.equal(allocator, MinorType.INT.getType(), 2020))), 10_000);
    Block input = BlockUtils.newBlock(allocator, "a", MinorType.INT.getType(), 20, 22);
    Schema output = SchemaBuilder.newBuilder().addIntField("twice").build();
    UserDefinedFunctionResponse twice = (UserDefinedFunctionResponse)
        ask(new UserDefinedFunctionRequest(IDENTITY, input, output, "twice", UserDefinedFunctionType.SCALAR));
    for (int row = 0; row < twice.getRecords().getRowCount(); row++)
      say(version, twice.getMethodName(), BlockUtils.rowToString(twice.getRecords(), row));
  }

  GetTableResponse table(String name) throws Exception {
    return (GetTableResponse) ask(new GetTableRequest(IDENTITY, QUERY, CATALOG, new TableName("shop", name), Map.of()));
  }

  /** All splits; of the rows, the first and how many there are. */
  void read(int version, String what, GetTableResponse table, Map<String, ValueSet> summary, long inline) throws Exception {
    Constraints constraints = new Constraints(summary, List.of(), List.of(), -1, Map.of(), null);
    TableName name = table.getTableName();
    GetTableLayoutResponse layout = (GetTableLayoutResponse) ask(new GetTableLayoutRequest(
        IDENTITY, QUERY, CATALOG, name, constraints, table.getSchema(), table.getPartitionColumns()));
    GetSplitsResponse splits = (GetSplitsResponse) ask(new GetSplitsRequest(IDENTITY, QUERY, CATALOG, name,
        layout.getPartitions(), List.copyOf(table.getPartitionColumns()), constraints, null));
    List<Split> inOrder = new ArrayList<>(splits.getSplits());
    inOrder.sort(Comparator.comparing(split -> split.getProperties().toString()));
    for (Split split : inOrder) {
      FederationResponse answer = ask(new ReadRecordsRequest(
          IDENTITY, CATALOG, QUERY, name, table.getSchema(), split, constraints, 400_000, inline));
      int rows = 0;
      for (Block block : blocks(answer)) {
        for (int row = 0; row < block.getRowCount(); row++, rows++)
          if (rows == 0) say(version, what, BlockUtils.rowToString(block, row));
      }
      say(version, what, split.getProperties(), answer.getClass().getSimpleName(), rows + " rows");
    }
  }

  List<Block> blocks(FederationResponse answer) throws Exception {
    if (answer instanceof ReadRecordsResponse) return List.of(((ReadRecordsResponse) answer).getRecords());
    RemoteReadRecordsResponse remote = (RemoteReadRecordsResponse) answer;
    S3BlockSpillReader reader = new S3BlockSpillReader(S3Client.create(), allocator);
    List<Block> blocks = new ArrayList<>();
    for (SpillLocation location : remote.getRemoteBlocks())
      blocks.add(reader.read((S3SpillLocation) location, remote.getEncryptionKey(), remote.getSchema()));
    return blocks;
  }

  FederationResponse ask(FederationRequest request) throws Exception {
    byte[] body = mapper.writeValueAsBytes(request);
    HttpResponse<byte[]> answer = HttpClient.newHttpClient().send(
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
        HttpResponse.BodyHandlers.ofByteArray());
    if (answer.headers().firstValue("x-amz-function-error").isPresent()) throw new IllegalStateException(new String(answer.body()));
    return mapper.readValue(answer.body(), FederationResponse.class);
  }

  static void say(int version, Object... words) {
    StringBuilder line = new StringBuilder("v" + version);
    for (Object word : words) line.append(' ').append(word);
    System.out.println(line);
  }
}
