using Appliance.Metadata.Sqlite;
using Appliance.Metadata.Transactions;

namespace Appliance.Metadata.Functions;

/// <summary>The table of ports that web functions have to themselves. A port goes with its name.</summary>
public static class WebPortRows
{
    /// <summary>The name that answers on a port; null when none does.</summary>
    public static string? FindName(ReadTransaction read, int port) =>
        read.Prepare("SELECT name FROM web_ports WHERE port = ?").Bind(port).ReadFirst(row => row.GetText(0));

    /// <summary>The port of a name: the one it has, else the first of these that is free; null when none is.</summary>
    public static int? Ensure(WriteTransaction write, string name, int first, int last)
    {
        if (FindPort(write, name) is { } present && present >= first && present <= last)
        {
            return present;
        }

        HashSet<long> taken = [.. write.Prepare("SELECT port FROM web_ports WHERE port BETWEEN ? AND ?").Bind(first).Bind(last).ReadAll(row => row.GetInteger(0))];
        for (int port = first; port <= last; port++)
        {
            if (!taken.Contains(port))
            {
                write.Prepare("INSERT INTO web_ports (port, name) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET port = excluded.port")
                    .Bind(port).Bind(name).Run();
                return port;
            }
        }

        return null;
    }

    /// <summary>The port of a name; null when it has none.</summary>
    public static int? FindPort(ReadTransaction read, string name)
    {
        using Statement row = read.Prepare("SELECT port FROM web_ports WHERE name = ?").Bind(name);
        return row.Step() ? (int)row.GetInteger(0) : null;
    }
}
