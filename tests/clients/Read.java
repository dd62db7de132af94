// Reads so many records of a topic from the first: java -cp JARS Read.java BOOTSTRAP TOPIC COUNT
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.*;
import org.apache.kafka.clients.consumer.*;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

class Read {
    static String header(ConsumerRecord<?, ?> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }

    public static void main(String[] told) {
        var text = new StringDeserializer();
        Map<String, Object> settings = Map.of("bootstrap.servers", told[0], "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(settings, text, text)) {
            consumer.assign(consumer.partitionsFor(told[1]).stream().map(each -> new TopicPartition(told[1], each.partition())).toList());
            for (int left = Integer.parseInt(told[2]); left > 0; ) {
                for (var record : consumer.poll(Duration.ofSeconds(1))) {
                    left--;
                    System.out.println(String.join("\t", "" + record.partition(), record.key(), header(record, "ce_id"),
                        header(record, "ce_type"), header(record, "ce_partitionindex"), record.value()));
                }
            }
        }
    }
}
