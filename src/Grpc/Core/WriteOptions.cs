namespace Grpc.Core;

/// <summary>How a message is written.</summary>
[Flags]
public enum WriteFlags
{
    /// <summary>The message may wait for others before it is sent.</summary>
    BufferHint = 1,

    /// <summary>The message is sent as it is, although the call compresses.</summary>
    NoCompress = 2,
}

/// <summary>Options for the writes of a call.</summary>
public class WriteOptions
{
    public static readonly WriteOptions Default = new();

    public WriteOptions(WriteFlags flags = default) => Flags = flags;

    public WriteFlags Flags { get; }
}
