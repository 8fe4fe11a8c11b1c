namespace Grpc.Core;

/// <summary>
/// A marshaller, whatever its messages are. What serves calls is written for messages of any type: compiled once for
/// each of hundreds of methods it was a tenth of the program.
/// </summary>
internal interface IMessageMarshaller
{
    /// <summary>For people.</summary>
    string MessageName { get; }

    void Serialize(object message, SerializationContext context);

    object Deserialize(DeserializationContext context);
}
