using Appliance.Core.Digests;
using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Blocks;

/// <summary>
/// The table of reference counts. Count a manifest's blocks in the transaction that stores or deletes the manifest; a
/// digest that occurs twice in it counts twice.
/// </summary>
public static class BlockReferences
{
    /// <summary>Counts one more reference on each block. The caller holds a lease on every block that is new to it.</summary>
    public static void Add(WriteTransaction write, IEnumerable<Digest> digests)
    {
        foreach (Digest digest in digests)
        {
            write.Prepare("""
                INSERT INTO block_references (digest, count) VALUES (?, 1)
                ON CONFLICT (digest) DO UPDATE SET count = count + 1
                """)
                .Bind(digest).Run();
        }
    }

    /// <summary>Counts one reference less on each block; one without any left may be collected.</summary>
    /// <exception cref="InvalidOperationException">A block has no reference: some manifest was counted wrongly.</exception>
    public static void Remove(WriteTransaction write, IEnumerable<Digest> digests)
    {
        foreach (Digest digest in digests)
        {
            bool hasMore = write
                .Prepare("UPDATE block_references SET count = count - 1 WHERE digest = ? AND count > 1")
                .Bind(digest).Run() > 0;
            if (!hasMore && write.Prepare("DELETE FROM block_references WHERE digest = ?").Bind(digest).Run() == 0)
            {
                throw new InvalidOperationException($"Block '{digest}' has no references left to remove.");
            }
        }
    }

    /// <summary>Which of these blocks have references.</summary>
    public static HashSet<Digest> FindReferenced(ReadTransaction read, IEnumerable<Digest> digests)
    {
        HashSet<Digest> referenced = [];
        foreach (Digest digest in digests)
        {
            using Statement row = read.Prepare("SELECT 1 FROM block_references WHERE digest = ?").Bind(digest);
            if (row.Step())
            {
                referenced.Add(digest);
            }
        }

        return referenced;
    }
}
