using System.Text;

namespace Appliance.Admin.Service;

/// <summary>The unit file of the service.</summary>
public static class ServiceUnit
{
    // systemd ignores sections whose names start so; removal finds the data directory here.
    private const string OwnSection = "[X-Appliance]";
    private const string DataKey = "Data=";

    /// <param name="executable">Absolute path.</param>
    /// <param name="arguments">What follows it, unquoted.</param>
    /// <param name="dataDirectory">Absolute path, kept as a note for the removal.</param>
    public static string Render(string executable, IEnumerable<string> arguments, string dataDirectory) =>
        $"""
        [Unit]
        Description=appliance: serverless compute on this machine
        After=network.target
        StartLimitIntervalSec=0

        [Service]
        Type=notify
        NotifyAccess=main
        ExecStart={string.Join(' ', arguments.Prepend(executable).Select(Quote))}
        Restart=always
        RestartSec=1
        # A restart leaves containers alone; the next start adopts them.
        KillMode=process
        Delegate=yes
        LimitNOFILE=1048576
        TasksMax=infinity
        WatchdogSec=60
        TimeoutStartSec=300
        TimeoutStopSec=40

        [Install]
        WantedBy=multi-user.target

        {OwnSection}
        {DataKey}{dataDirectory}

        """;

    /// <summary>The data directory that the unit's service uses; null when it is not a unit of ours.</summary>
    public static string? FindDataDirectory(string unit) => unit.Split('\n')
        .SkipWhile(line => line != OwnSection)
        .FirstOrDefault(line => line.StartsWith(DataKey, StringComparison.Ordinal))?[DataKey.Length..];

    // systemd expands % and $ also inside quotes.
    private static string Quote(string word)
    {
        string escaped = new StringBuilder(word).Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("%", "%%").Replace("$", "$$").ToString();
        return word.Length > 0 && word.All(letter => char.IsAsciiLetterOrDigit(letter) || "-_./:,=@*[]%".Contains(letter)) ? escaped : $"\"{escaped}\"";
    }
}
