using Appliance.Containers.Runtime;
using Appliance.Engine.Functions;

namespace Appliance.Engine.Snapshots.Functions;

/// <summary>How a function's container begins; noted beside it, for the next process that looks after it.</summary>
/// <param name="Kind">Which of the ways.</param>
/// <param name="Snapshot">The key of the memory snapshot that is to be made, or the directory's name of the one that it goes on from.</param>
public sealed record FunctionStart(FunctionStartKind Kind, string Snapshot)
{
    private const string NoteName = "start";

    public static FunctionStart Plain { get; } = new(FunctionStartKind.Plain, "");

    /// <summary>What the client's program finds among its variables (contracts/modal.md §4 "Snapshot").</summary>
    internal IReadOnlyList<string> Variables => Kind == FunctionStartKind.Plain
        ? []
        : ["MODAL_ENABLE_SNAP_RESTORE=1", $"MODAL_RESTORE_STATE_PATH={FunctionOutfit.RestoreStatePath}"];

    internal static FunctionStart Load(TaskDirectory task) =>
        File.Exists(NoteIn(task)) && File.ReadAllLines(NoteIn(task)) is [var kind, var snapshot] && Enum.TryParse(kind, out FunctionStartKind known)
            ? new FunctionStart(known, snapshot)
            : Plain;

    /// <summary>Before the container is made: from then on what it shows must stay.</summary>
    internal void Save(TaskDirectory task)
    {
        task.Create();
        File.WriteAllLines(NoteIn(task), [Kind.ToString(), Snapshot]);
    }

    private static string NoteIn(TaskDirectory task) => Path.Combine(task.Root, NoteName);
}

public enum FunctionStartKind
{
    /// <summary>As any container.</summary>
    Plain,

    /// <summary>Under gVisor, so that a memory snapshot can be made of it.</summary>
    Making,

    /// <summary>From a memory snapshot.</summary>
    Restoring,
}
