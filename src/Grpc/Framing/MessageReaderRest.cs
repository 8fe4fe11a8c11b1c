namespace Grpc.Framing;

/// <summary>What follows in a stream of messages, as far as it has arrived.</summary>
internal enum MessageReaderRest
{
    /// <summary>Neither bytes nor the end have arrived.</summary>
    Unknown,

    /// <summary>At least the beginning of another message.</summary>
    Bytes,

    /// <summary>The end of the stream.</summary>
    Nothing,
}
