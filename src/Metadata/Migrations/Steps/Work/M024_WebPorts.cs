namespace Appliance.Metadata.Migrations.Steps.Work;

/// <summary>Ports of their own for web functions.</summary>
internal static class M024_WebPorts
{
    public static Migration Step { get; } = new(24, "web ports", """
        CREATE TABLE web_ports (
            port INTEGER NOT NULL PRIMARY KEY,
            name TEXT NOT NULL UNIQUE REFERENCES web_names (name) ON DELETE CASCADE
        ) STRICT;
        """);
}
