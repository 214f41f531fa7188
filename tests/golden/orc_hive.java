/**
 * ORC files by the writer of Hive 0.12, in the versions 0.11 and 0.12 of the format, on Java 17:
 * java -cp hive-exec-0.12.0.jar:hadoop-core-1.2.1.jar:commons-logging-1.2.jar:commons-configuration-1.6.jar:commons-lang-2.6.jar \
 *   -Duser.timezone=UTC orc_hive.java orc
 */
import java.util.*;
import java.sql.Timestamp;
import java.sql.Date;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hive.ql.io.orc.*;
import org.apache.hadoop.hive.serde2.objectinspector.*;
import org.apache.hadoop.hive.serde2.objectinspector.primitive.*;
import org.apache.hadoop.hive.serde2.io.*;

class Hive12 {
  static List<ObjectInspector> list(ObjectInspector... all) { return Arrays.asList(all); }
  public static void main(String[] args) throws Exception {
    ObjectInspector text = PrimitiveObjectInspectorFactory.javaStringObjectInspector;
    ObjectInspector whole = PrimitiveObjectInspectorFactory.javaIntObjectInspector;
    ObjectInspector choice = ObjectInspectorFactory.getStandardUnionObjectInspector(
        list(whole, text, ObjectInspectorFactory.getStandardListObjectInspector(whole)));
    ObjectInspector place = ObjectInspectorFactory.getStandardStructObjectInspector(Arrays.asList("city", "zip"), list(text, whole));
    ObjectInspector row = ObjectInspectorFactory.getStandardStructObjectInspector(
        Arrays.asList("id", "small", "name", "kind", "ok", "score", "ratio", "day", "at", "price", "choice", "attrs", "place"),
        list(
            PrimitiveObjectInspectorFactory.javaLongObjectInspector,
            PrimitiveObjectInspectorFactory.javaShortObjectInspector,
            text, text,
            PrimitiveObjectInspectorFactory.javaBooleanObjectInspector,
            PrimitiveObjectInspectorFactory.javaDoubleObjectInspector,
            PrimitiveObjectInspectorFactory.javaFloatObjectInspector,
            PrimitiveObjectInspectorFactory.javaDateObjectInspector,
            PrimitiveObjectInspectorFactory.javaTimestampObjectInspector,
            PrimitiveObjectInspectorFactory.javaHiveDecimalObjectInspector,
            choice,
            ObjectInspectorFactory.getStandardMapObjectInspector(text, whole),
            place));
    System.out.println(row.getTypeName());
    for (String version : new String[] {"0.11", "0.12"}) {
      Writer writer = OrcFile.createWriter(new Path("file:" + args[0] + "/hive-" + version + ".orc"),
          OrcFile.writerOptions(new Configuration()).inspector(row).stripeSize(100000).rowIndexStride(1000).bufferSize(16384)
              .compress(version.equals("0.11") ? CompressionKind.SNAPPY : CompressionKind.ZLIB)
              .version(version.equals("0.11") ? OrcFile.Version.V_0_11 : OrcFile.Version.V_0_12));
      for (int i = 0; i < 3000; i++) writer.addRow(row(i));
      writer.close();
    }
  }
  static Object row(int i) {
    StandardUnionObjectInspector.StandardUnion union = new StandardUnionObjectInspector.StandardUnion();
    if (i % 4 == 0) { union.setTag((byte) 0); union.setObject(i); }
    if (i % 4 == 1) { union.setTag((byte) 1); union.setObject("text " + i); }
    if (i % 4 == 2) { union.setTag((byte) 2); union.setObject(Arrays.asList(i, i + 1)); }
    Map<String, Integer> attrs = new LinkedHashMap<>();
    if (i % 2 == 1) attrs.put("k", i);
    return Arrays.asList(
        i % 1000 == 1 ? 4_000_000_000_000L + i : Long.valueOf(i),
        i % 3 == 0 ? null : Short.valueOf((short) (i - 1500)),
        i % 5 == 4 ? null : "n\u00e4me " + i,
        new String[] {"alpha", "beta", "gamma"}[i % 3],
        i % 2 == 0, i * 0.25, i * 0.5f,
        Date.valueOf(java.time.LocalDate.of(2024, 2, 29).plusDays(i % 5000 - 2500)),
        i == 0 ? null : Timestamp.valueOf(java.time.LocalDateTime.of(1969, 12, 31, 23, 0, 0).plusSeconds(i * 60L).plusNanos((i % 4) * 250_000_000L)),
        new org.apache.hadoop.hive.common.type.HiveDecimal(new java.math.BigDecimal(i - 5).divide(new java.math.BigDecimal(4))),
        i % 4 == 3 ? null : union,
        attrs,
        i % 4 == 1 ? null : Arrays.asList("Bonn", i));
  }
}
