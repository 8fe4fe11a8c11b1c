namespace Appliance.Admin.Service;

/// <summary>Where the service lives on the machine; tests put another root in front.</summary>
public sealed record ServicePaths(string Root = "/")
{
    public const string UnitName = "appliance.service";

    public string Executable => Path.Combine(Root, "usr/local/bin/appliance");

    public string Unit => Path.Combine(Root, "etc/systemd/system", UnitName);

    /// <summary>systemd makes this directory when it is the machine's first process.</summary>
    public bool HasSystemd => Directory.Exists(Path.Combine(Root, "run/systemd/system"));

    /// <summary>Where the kernel lists what is mounted.</summary>
    public string Mounts => Path.Combine(Root, "proc/self/mountinfo");
}
