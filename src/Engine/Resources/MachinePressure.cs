using Appliance.Core.Ids;
using Appliance.Core.Ids.Functions;

namespace Appliance.Engine.Resources;

/// <summary>
/// Who waits for a place on the machine, and which containers leave for their sake. Without it a function that always has
/// work, or one whose containers idle, would keep its GPUs from all others. A function's own containers never leave for it.
/// </summary>
public sealed class MachinePressure
{
    /// <summary>Stands for CPU and memory, of which every container has some.</summary>
    private const string Place = "";

    private readonly Lock gate = new();
    private readonly Dictionary<string, Need> needs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> wanted = new(StringComparer.Ordinal);
    private readonly Dictionary<(FunctionId Function, string Kind), int> ownWanted = [];
    private readonly Dictionary<TaskId, (string Kind, int Count)> leaving = [];
    private readonly Dictionary<string, int> leavingCount = new(StringComparer.Ordinal);
    private volatile bool isHigh;

    /// <summary>Told of a task that begins to wait, and of its function; null for other tasks.</summary>
    public Action<TaskId, FunctionId?>? Begun { get; set; }

    /// <summary>Whether anybody waits.</summary>
    public bool IsHigh => isHigh;

    /// <summary>A task waits from now on.</summary>
    /// <param name="task">Which.</param>
    /// <param name="function">Whose container it is; null for none.</param>
    /// <param name="gpus">The models it waits for, with commas between; empty when it waits for CPU and memory.</param>
    /// <param name="count">How many GPUs.</param>
    public void Begin(TaskId task, FunctionId? function, string gpus, int count)
    {
        lock (gate)
        {
            EndNeed(task.Text);
            var need = new Need(function, gpus, gpus == Place ? 1 : Math.Max(1, count));
            needs[task.Text] = need;
            Count(need, need.Count);
        }

        Begun?.Invoke(task, function);
    }

    /// <summary>A task does not wait any more.</summary>
    public void End(TaskId task)
    {
        lock (gate)
        {
            EndNeed(task.Text);
        }
    }

    /// <summary>Asks whether a container is to leave for somebody else's sake. It is counted until <see cref="Left"/>.</summary>
    /// <param name="task">The container.</param>
    /// <param name="function">Whose it is.</param>
    /// <param name="gpus">The models of which it has one; empty for none.</param>
    /// <param name="count">How many it has.</param>
    public bool TryLeave(TaskId task, FunctionId function, string gpus, int count)
    {
        if (!isHigh)
        {
            return false;
        }

        lock (gate)
        {
            foreach ((string kind, int total) in wanted)
            {
                int others = total - ownWanted.GetValueOrDefault((function, kind));
                if (others > leavingCount.GetValueOrDefault(kind) && (kind == Place || IsSame(kind, gpus)) && leaving.TryAdd(task, (kind, Math.Max(1, count))))
                {
                    leavingCount[kind] = leavingCount.GetValueOrDefault(kind) + Math.Max(1, count);
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>A container is gone; others may have to follow where it did not suffice.</summary>
    public void Left(TaskId task)
    {
        lock (gate)
        {
            if (leaving.Remove(task, out (string Kind, int Count) left))
            {
                leavingCount[left.Kind] -= left.Count;
            }
        }
    }

    /// <summary>Whether one that has these could help one that waits for those.</summary>
    private static bool IsSame(string wanted, string had) =>
        had.Length > 0 && wanted.Split(',').Any(one => IsAny(one) || had.Split(',').Any(other => IsAny(other) || other.Equals(one, StringComparison.OrdinalIgnoreCase)));

    private static bool IsAny(string model) => model.Equals("any", StringComparison.OrdinalIgnoreCase);

    private void EndNeed(string task)
    {
        if (needs.Remove(task, out Need need))
        {
            Count(need, -need.Count);
        }
    }

    private void Count(Need need, int change)
    {
        Add(wanted, need.Kind, change);
        if (need.Function is { } function)
        {
            Add(ownWanted, (function, need.Kind), change);
        }

        isHigh = needs.Count > 0;
    }

    private static void Add<TKey>(Dictionary<TKey, int> counts, TKey key, int change)
        where TKey : notnull
    {
        int count = counts.GetValueOrDefault(key) + change;
        if (count == 0)
        {
            counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }
    }

    private readonly record struct Need(FunctionId? Function, string Kind, int Count);
}
