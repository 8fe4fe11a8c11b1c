namespace Appliance.Volumes.Trees;

/// <summary>Counts who shows which layer, so that one that was replaced goes with its last user.</summary>
internal sealed class LayerUse
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> users = [];
    private readonly HashSet<string> doomed = [];

    public void Enter(IEnumerable<string> layers)
    {
        lock (gate)
        {
            foreach (string layer in layers)
            {
                users[layer] = users.GetValueOrDefault(layer) + 1;
            }
        }
    }

    /// <returns>Those layers that nobody needs any more.</returns>
    public IReadOnlyList<string> Leave(IEnumerable<string> layers)
    {
        lock (gate)
        {
            List<string> free = [];
            foreach (string layer in layers)
            {
                if (--users[layer] == 0)
                {
                    users.Remove(layer);
                    if (doomed.Remove(layer))
                    {
                        free.Add(layer);
                    }
                }
            }

            return free;
        }
    }

    /// <summary>The layer was replaced. False when somebody shows it still; then it is answered by a later leave.</summary>
    public bool TryDoom(string layer)
    {
        lock (gate)
        {
            if (!users.ContainsKey(layer))
            {
                return true;
            }

            doomed.Add(layer);
            return false;
        }
    }
}
