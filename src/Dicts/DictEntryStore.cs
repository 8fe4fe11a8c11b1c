using Appliance.Core.Ids;
using Appliance.Identity;
using Appliance.Metadata.Dicts;
using Appliance.Metadata.Transactions;
using Appliance.Metadata.Values;
using Appliance.Objects;

namespace Appliance.Dicts;

/// <summary>
/// The entries of dicts; keys are bytes and compare as such. Callers see the dicts of their own workspace; each member
/// throws NotFound, or InvalidArgument for what is no id, when the dict is not there.
/// </summary>
public static class DictEntryStore
{
    /// <summary>The place of what the dict holds now; a dict that is cleared moves to another.</summary>
    public static long CurrentGeneration(ReadTransaction read, Caller caller, string dictId) =>
        DictGenerations.FindCurrent(read, caller.WorkspaceId, dictId)
        ?? throw new InvalidOperationException($"Dict '{ObjectDirectory.Get<DictId>(read, caller, dictId).Id}' has no generation.");

    /// <summary>Entries used after this moment are there at <paramref name="now"/>; others have expired.</summary>
    public static DateTimeOffset LiveSince(DateTimeOffset now) => now - DictLimits.EntryLife - DictLimits.UsePrecision;

    public static bool Contains(ReadTransaction read, long generation, ReadOnlySpan<byte> key, DateTimeOffset now) =>
        DictEntries.FindUse(read, generation, key, LiveSince(now)) is not null;

    /// <summary>Writes an entry, whatever was there before.</summary>
    public static void Put(WriteTransaction write, long generation, ReadOnlySpan<byte> key, StoredValue value) =>
        DictEntries.Put(write, generation, key, value);

    /// <summary>Writes an entry unless there is one with its key; true when it was written.</summary>
    public static bool TryAdd(WriteTransaction write, long generation, ReadOnlySpan<byte> key, StoredValue value)
    {
        bool isFree = !Contains(write, generation, key, write.Now);
        if (isFree)
        {
            DictEntries.Put(write, generation, key, value);
        }

        return isFree;
    }

    /// <summary>Removes an entry and answers its value, which stays readable for those who repeat the call; null: no such key.</summary>
    public static StoredValue? Pop(WriteTransaction write, Caller caller, string dictId, ReadOnlySpan<byte> key)
    {
        long generation = CurrentGeneration(write, caller, dictId);
        if (DictEntries.Find(write, generation, key, LiveSince(write.Now)) is not { } entry)
        {
            return null;
        }

        if (entry.Value.BytesInBlocks is not null)
        {
            DictPoppedValues.Add(write, entry.Value);
        }

        DictEntries.Remove(write, generation, key);
        return entry.Value;
    }

    /// <summary>Empties the dict, however much it holds, at once.</summary>
    public static void Clear(WriteTransaction write, Caller caller, string dictId)
    {
        CurrentGeneration(write, caller, dictId);
        DictGenerations.Drop(write, dictId);
        DictGenerations.Add(write, dictId);
    }
}
