using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Idempotency;

/// <summary>
/// Where the rows of keys are that were used lately. It may name a row that was rolled back or purged, so that whoever
/// asks compares the row; it never misses one that is young enough. A new one reads the table when it is first asked.
/// </summary>
internal sealed class RecentKeys
{
    /// <summary>Keys in one of the two halves, some 40 bytes each; beyond it keys are forgotten sooner.</summary>
    private const int CountMax = 4_000_000;

    private readonly Lock changing = new();
    private Dictionary<UInt128, long> younger = [];
    private Dictionary<UInt128, long> older = [];
    private DateTimeOffset youngerSince;
    private bool isLoaded;

    public long? Find(ReadTransaction read, UInt128 key)
    {
        lock (changing)
        {
            Load(read);
            return younger.TryGetValue(key, out long id) || older.TryGetValue(key, out id) ? id : null;
        }
    }

    public void Add(WriteTransaction write, UInt128 key, long id)
    {
        lock (changing)
        {
            Load(write);
            youngerSince = youngerSince == default ? write.Now : youngerSince;
            if (write.Now - youngerSince >= IdempotencyKeys.Retention || younger.Count >= CountMax)
            {
                (older, younger, youngerSince) = (younger, [], write.Now);
            }

            younger[key] = id;
        }
    }

    private void Load(ReadTransaction read)
    {
        if (isLoaded)
        {
            return;
        }

        using Statement row = read.Prepare("SELECT id, key_hash FROM idempotent_calls ORDER BY id");
        while (row.Step())
        {
            older[CallFingerprint.ToKey(row.GetBytes(1))] = row.GetInteger(0);
        }

        isLoaded = true;
    }
}
