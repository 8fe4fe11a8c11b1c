using Appliance.Blocks.Leases;

namespace Appliance.Contents;

/// <summary>
/// A content that is stored whole and durably. Refer to it in a transaction while this is held; it is safe from
/// collection until disposal, and for a grace after that.
/// </summary>
public sealed class ContentLease : IDisposable
{
    private readonly BlockLease? block;

    internal ContentLease(FileContent content, BlockLease? block = null)
    {
        Content = content;
        this.block = block;
    }

    public FileContent Content { get; }

    public void Dispose() => block?.Dispose();
}
