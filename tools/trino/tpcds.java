/**
 * TPC-DS for Trino: there is no connector of 422 to be had, but the generator that it is made of. As a plugin, a catalog
 * with the tables at scale 0.01 in schema `tiny`, kept in memory once they were read. As a program, the same rows as text:
 * `java tpcds.java FOLDER` writes a file for each table, fields apart by `|`, NULL as `\N`.
 */
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.airlift.slice.Slices;
import io.trino.spi.HostAddress;
import io.trino.spi.Page;
import io.trino.spi.Plugin;
import io.trino.spi.block.Block;
import io.trino.spi.block.BlockBuilder;
import io.trino.spi.connector.ColumnHandle;
import io.trino.spi.connector.ColumnMetadata;
import io.trino.spi.connector.Connector;
import io.trino.spi.connector.ConnectorContext;
import io.trino.spi.connector.ConnectorFactory;
import io.trino.spi.connector.ConnectorMetadata;
import io.trino.spi.connector.ConnectorPageSource;
import io.trino.spi.connector.ConnectorPageSourceProvider;
import io.trino.spi.connector.ConnectorSession;
import io.trino.spi.connector.ConnectorSplit;
import io.trino.spi.connector.ConnectorSplitManager;
import io.trino.spi.connector.ConnectorSplitSource;
import io.trino.spi.connector.ConnectorTableHandle;
import io.trino.spi.connector.ConnectorTableMetadata;
import io.trino.spi.connector.ConnectorTransactionHandle;
import io.trino.spi.connector.Constraint;
import io.trino.spi.connector.DynamicFilter;
import io.trino.spi.connector.FixedPageSource;
import io.trino.spi.connector.FixedSplitSource;
import io.trino.spi.connector.SchemaTableName;
import io.trino.spi.connector.SchemaTablePrefix;
import io.trino.spi.connector.TableColumnsMetadata;
import io.trino.spi.transaction.IsolationLevel;
import io.trino.spi.type.BigintType;
import io.trino.spi.type.CharType;
import io.trino.spi.type.DateType;
import io.trino.spi.type.DecimalType;
import io.trino.spi.type.IntegerType;
import io.trino.spi.type.TimeType;
import io.trino.spi.type.Type;
import io.trino.spi.type.VarcharType;
import io.trino.tpcds.Results;
import io.trino.tpcds.Session;
import io.trino.tpcds.Table;
import io.trino.tpcds.column.Column;
import io.trino.tpcds.column.ColumnType;
import java.io.IOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

public class tpcds implements Plugin {
  private static final String SCHEMA = "tiny";
  private static final double SCALE = 0.01;
  private static final int ROWS_PER_PAGE = 10_000;
  private static final long PICOS_PER_NANO = 1_000;

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    for (Table table : Table.getBaseTables()) {
      try (Writer out = Files.newBufferedWriter(folder.resolve(table.getName() + ".txt"))) {
        for (Iterator<List<String>> rows = rowsOf(table); rows.hasNext(); ) {
          List<String> fields = new ArrayList<>();
          for (String value : rows.next()) fields.add(value == null ? "\\N" : value);
          out.write(String.join("|", fields));
          out.write('\n');
        }
      }
    }
  }

  private static Iterator<List<String>> rowsOf(Table table) {
    Iterator<List<List<String>>> rows =
        Results.constructResults(table, Session.getDefaultSession().withScale(SCALE).withTable(table)).iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public List<String> next() {
        return rows.next().get(0);
      }
    };
  }

  /** As Trino's own connector declares them. */
  private static Type typeOf(Column column) {
    ColumnType type = column.getType();
    switch (type.getBase()) {
      case IDENTIFIER:
        return BigintType.BIGINT;
      case INTEGER:
        return IntegerType.INTEGER;
      case DATE:
        return DateType.DATE;
      case DECIMAL:
        return DecimalType.createDecimalType(type.getPrecision().get(), type.getScale().get());
      case CHAR:
        return CharType.createCharType(type.getPrecision().get());
      case VARCHAR:
        return VarcharType.createVarcharType(type.getPrecision().get());
      default:
        return TimeType.TIME_MILLIS;
    }
  }

  private static void append(Type type, BlockBuilder block, String value) {
    if (value == null) block.appendNull();
    else if (type instanceof DateType) type.writeLong(block, LocalDate.parse(value).toEpochDay());
    else if (type instanceof TimeType) type.writeLong(block, LocalTime.parse(value).toNanoOfDay() * PICOS_PER_NANO);
    else if (type instanceof DecimalType)
      type.writeLong(block, new BigDecimal(value).setScale(((DecimalType) type).getScale()).unscaledValue().longValueExact());
    else if (type instanceof CharType) type.writeSlice(block, Slices.utf8Slice(value.replaceAll(" +$", "")));
    else if (type instanceof VarcharType) type.writeSlice(block, Slices.utf8Slice(value));
    else type.writeLong(block, Long.parseLong(value));
  }

  private static List<Page> pagesOf(Table table) {
    List<Type> types = Arrays.stream(table.getColumns()).map(tpcds::typeOf).toList();
    List<Page> pages = new ArrayList<>();
    for (Iterator<List<String>> rows = rowsOf(table); rows.hasNext(); ) {
      List<BlockBuilder> blocks = types.stream().map(type -> type.createBlockBuilder(null, ROWS_PER_PAGE)).toList();
      int count = 0;
      for (; count < ROWS_PER_PAGE && rows.hasNext(); count++) {
        List<String> row = rows.next();
        for (int i = 0; i < types.size(); i++) append(types.get(i), blocks.get(i), row.get(i));
      }
      pages.add(new Page(count, blocks.stream().map(BlockBuilder::build).toArray(Block[]::new)));
    }
    return pages;
  }

  @Override
  public Iterable<ConnectorFactory> getConnectorFactories() {
    return List.of(
        new ConnectorFactory() {
          @Override
          public String getName() {
            return "tpcds";
          }

          @Override
          public Connector create(String catalog, Map<String, String> settings, ConnectorContext context) {
            return new TableConnector();
          }
        });
  }

  public record TableHandle(@JsonProperty("name") String name) implements ConnectorTableHandle {
    @JsonCreator
    public TableHandle {}

    Table table() {
      return Table.getTable(name);
    }
  }

  public record FieldHandle(@JsonProperty("index") int index) implements ColumnHandle {
    @JsonCreator
    public FieldHandle {}
  }

  /** A table is one split. */
  public record WholeTable(@JsonProperty("name") String name) implements ConnectorSplit {
    @JsonCreator
    public WholeTable {}

    @Override
    public boolean isRemotelyAccessible() {
      return true;
    }

    @Override
    public List<HostAddress> getAddresses() {
      return List.of();
    }

    @Override
    public Object getInfo() {
      return name;
    }

    @Override
    public long getRetainedSizeInBytes() {
      return name.length();
    }
  }

  public enum Transaction implements ConnectorTransactionHandle {
    READ
  }

  private static class TableConnector implements Connector {
    private final Map<String, List<Page>> pages = new ConcurrentHashMap<>();

    @Override
    public ConnectorTransactionHandle beginTransaction(IsolationLevel level, boolean readOnly, boolean autoCommit) {
      return Transaction.READ;
    }

    @Override
    public ConnectorMetadata getMetadata(ConnectorSession session, ConnectorTransactionHandle transaction) {
      return new TableMetadata();
    }

    @Override
    public ConnectorSplitManager getSplitManager() {
      return new ConnectorSplitManager() {
        @Override
        public ConnectorSplitSource getSplits(
            ConnectorTransactionHandle transaction,
            ConnectorSession session,
            ConnectorTableHandle table,
            DynamicFilter filter,
            Constraint constraint) {
          return new FixedSplitSource(new WholeTable(((TableHandle) table).name()));
        }
      };
    }

    @Override
    public ConnectorPageSourceProvider getPageSourceProvider() {
      return new ConnectorPageSourceProvider() {
        @Override
        public ConnectorPageSource createPageSource(
            ConnectorTransactionHandle transaction,
            ConnectorSession session,
            ConnectorSplit split,
            ConnectorTableHandle table,
            List<ColumnHandle> columns,
            DynamicFilter filter) {
          int[] wanted = columns.stream().mapToInt(column -> ((FieldHandle) column).index()).toArray();
          List<Page> whole = pages.computeIfAbsent(((TableHandle) table).name(), name -> pagesOf(Table.getTable(name)));
          return new FixedPageSource(whole.stream().map(page -> page.getColumns(wanted)).toList());
        }
      };
    }
  }

  private static class TableMetadata implements ConnectorMetadata {
    @Override
    public List<String> listSchemaNames(ConnectorSession session) {
      return List.of(SCHEMA);
    }

    @Override
    public List<SchemaTableName> listTables(ConnectorSession session, Optional<String> schema) {
      return Table.getBaseTables().stream().map(table -> new SchemaTableName(SCHEMA, table.getName())).toList();
    }

    @Override
    public ConnectorTableHandle getTableHandle(ConnectorSession session, SchemaTableName name) {
      boolean known = listTables(session, Optional.empty()).contains(name);
      return known ? new TableHandle(name.getTableName()) : null;
    }

    @Override
    public ConnectorTableMetadata getTableMetadata(ConnectorSession session, ConnectorTableHandle handle) {
      Table table = ((TableHandle) handle).table();
      List<ColumnMetadata> columns = new ArrayList<>();
      for (Column column : table.getColumns()) columns.add(new ColumnMetadata(column.getName(), typeOf(column)));
      return new ConnectorTableMetadata(new SchemaTableName(SCHEMA, table.getName()), columns);
    }

    @Override
    public Map<String, ColumnHandle> getColumnHandles(ConnectorSession session, ConnectorTableHandle handle) {
      Map<String, ColumnHandle> handles = new TreeMap<>();
      for (Column column : ((TableHandle) handle).table().getColumns())
        handles.put(column.getName(), new FieldHandle(column.getPosition()));
      return handles;
    }

    @Override
    public ColumnMetadata getColumnMetadata(ConnectorSession session, ConnectorTableHandle table, ColumnHandle column) {
      return getTableMetadata(session, table).getColumns().get(((FieldHandle) column).index());
    }

    @Override
    public Iterator<TableColumnsMetadata> streamTableColumns(ConnectorSession session, SchemaTablePrefix prefix) {
      return List.<TableColumnsMetadata>of().iterator();
    }
  }
}
