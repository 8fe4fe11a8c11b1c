using Appliance.Core.Digests;

namespace Appliance.Blocks.Leases;

/// <summary>
/// The promise that a block, which is durably stored, stays so until this is disposed. Hold it until the transaction
/// that references the block has committed. It lives in this process only: after a restart a block without
/// references is protected by its age alone.
/// </summary>
public sealed class BlockLease : IDisposable
{
    private LeaseTable? table;

    internal BlockLease(LeaseTable table, Digest digest, int lengthBytes)
    {
        this.table = table;
        Digest = digest;
        LengthBytes = lengthBytes;
    }

    public Digest Digest { get; }

    /// <summary>The stored length: trailing zeros that were stripped do not count.</summary>
    public int LengthBytes { get; }

    public void Dispose() => Interlocked.Exchange(ref table, null)?.Release(Digest);
}
