// Reads so many records of a topic from the first and prints each as a line of JSON:
// node read.cjs BOOTSTRAP TOPIC COUNT
const { Kafka, logLevel } = require("kafkajs");

async function main(bootstrap, topic, count) {
  const kafka = new Kafka({ brokers: [bootstrap], logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: `${topic}.node` });
  let left = Number(count);
  const all = new Promise((resolve) => {
    const take = async ({ partition, message }) => {
      if (left <= 0) return;
      const { headers } = message;
      process.stdout.write(
        JSON.stringify({
          partition,
          key: message.key.toString(),
          id: headers.ce_id.toString(),
          type: headers.ce_type.toString(),
          index: Number(headers.ce_partitionindex.toString()),
          data: JSON.parse(message.value.toString()),
        }) + "\n",
      );
      left -= 1;
      if (left === 0) resolve();
    };
    consumer.connect()
      .then(() => consumer.subscribe({ topic, fromBeginning: true }))
      .then(() => consumer.run({ eachMessage: take }));
  });
  await all;
  await consumer.disconnect();
}

main(...process.argv.slice(2));
