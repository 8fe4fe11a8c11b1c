using Appliance.Protos.Modal;
using Google.Protobuf;

namespace Appliance.Bench.Objects;

/// <summary>The queue and the dict that are worked on, and the messages that do it, made beforehand.</summary>
internal sealed class ObjectsTarget
{
    private const string KeyPrefix = "key:";
    private const string KeyDigits = "D12";

    private static readonly ByteString Value = ByteString.CopyFrom(new byte[ObjectsBench.ValueBytes]);

    private readonly string queueId;
    private readonly string dictId;

    private ObjectsTarget(string queueId, string dictId)
    {
        this.queueId = queueId;
        this.dictId = dictId;
    }

    public static ObjectsTarget Make(LeanConnection connection, string service) => new(
        QueueGetOrCreateResponse.Parser.ParseFrom(connection.Call(service + "QueueGetOrCreate", new QueueGetOrCreateRequest
        {
            DeploymentName = "bench", ObjectCreationType = ObjectCreationType.CreateIfMissing,
        }.ToByteArray())).QueueId,
        DictGetOrCreateResponse.Parser.ParseFrom(connection.Call(service + "DictGetOrCreate", new DictGetOrCreateRequest
        {
            DeploymentName = "bench", ObjectCreationType = ObjectCreationType.CreateIfMissing,
        }.ToByteArray())).DictId);

    /// <summary>Callers have partitions of their own, which no other round uses; dict keys are random.</summary>
    public LeanCallers.MessageSource Messages(Operation operation, int round)
    {
        if (operation is Operation.DictPut or Operation.DictGet)
        {
            byte[] message = operation == Operation.DictPut ? MakePut() : MakeGet();
            int digits = message.AsSpan().IndexOf("key:"u8) + KeyPrefix.Length;
            return _ =>
            {
                Random.Shared.Next(ObjectsBench.KeyCount).TryFormat(message.AsSpan(digits), out int _, KeyDigits);
                return message;
            };
        }

        var messages = new Dictionary<int, byte[]>();
        return caller => messages.TryGetValue(caller, out byte[]? known)
            ? known
            : messages[caller] = MakeQueueCall(operation, ByteString.CopyFromUtf8($"{round}-{caller}"));
    }

    private static ByteString AnyKey() => ByteString.CopyFromUtf8(KeyPrefix + 0.ToString(KeyDigits));

    private byte[] MakePut() =>
        new DictUpdateRequest { DictId = dictId, Updates = { new DictEntry { Key = AnyKey(), Value = Value } } }.ToByteArray();

    private byte[] MakeGet() => new DictGetRequest { DictId = dictId, Key = AnyKey() }.ToByteArray();

    private byte[] MakeQueueCall(Operation operation, ByteString partition) => operation == Operation.QueuePut
        ? new QueuePutRequest { QueueId = queueId, Values = { Value }, PartitionKey = partition, PartitionTtlSeconds = 86_400 }.ToByteArray()
        : new QueueGetRequest { QueueId = queueId, NValues = 1, Timeout = 50, PartitionKey = partition }.ToByteArray();
}
