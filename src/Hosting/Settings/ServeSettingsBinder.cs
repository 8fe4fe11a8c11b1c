using System.Globalization;
using Appliance.Core.Errors;
using Appliance.Engine.Removal;
using Microsoft.Extensions.Logging;

namespace Appliance.Hosting.Settings;

/// <summary>Turns setting texts into checked settings, and reports every fault at once.</summary>
public sealed class ServeSettingsBinder(SettingSources sources)
{
    private const int RetentionDaysMax = 3650;
    private const int CpuOvercommitMax = 1000;

    private readonly List<string> faults = [];

    /// <exception cref="ApplianceException">InvalidArgument, naming every setting that is wrong and what to write instead.</exception>
    public ServeSettings Bind()
    {
        var settings = new ServeSettings
        {
            DataDirectory = DataDirectory(sources),
            Grpc = ReadAddress(SettingKeys.Grpc),
            Http = ReadAddress(SettingKeys.Http),
            WebPorts = ReadPorts(SettingKeys.WebPorts),
            IsTlsForced = ReadOneOf(SettingKeys.Tls, ("auto", false), ("on", true)),
            Certificate = ReadCertificate(),
            TlsNames = Text(SettingKeys.TlsNames)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            WorkspaceName = ReadWorkspaceName(),
            StopsContainers = ReadOneOf(SettingKeys.StopContainers, ("off", false), ("on", true)),
            ContainerMemoryMiB = Text(SettingKeys.ContainerMemory) == "auto" ? null : ReadCount(SettingKeys.ContainerMemory, int.MaxValue),
            CpuOvercommit = ReadCount(SettingKeys.CpuOvercommit, CpuOvercommitMax),
            LogLimitMiB = ReadCount(SettingKeys.LogLimit, int.MaxValue),
            Retention = new RetentionRules(
                TimeSpan.FromDays(ReadCount(SettingKeys.SandboxRetention, RetentionDaysMax)), (long)ReadCount(SettingKeys.LogTotal, int.MaxValue) << 20),
            PublicIndex = ReadPublicIndex(),
            LogFormat = ReadOneOf(SettingKeys.LogFormat, ("human", LogFormat.Human), ("json", LogFormat.Json)),
            LogLevel = ReadOneOf(
                SettingKeys.LogLevel,
                ("debug", LogLevel.Debug), ("info", LogLevel.Information), ("warn", LogLevel.Warning), ("error", LogLevel.Error)),
        };
        return faults.Count == 0
            ? settings
            : throw new ApplianceException(ErrorKind.InvalidArgument, string.Join(Environment.NewLine, faults));
    }

    /// <summary>The one setting that every verb needs.</summary>
    public static string DataDirectory(SettingSources sources) => Path.GetFullPath(sources.Find(SettingKeys.Data)!.Value.Text);

    private string? Text(SettingKey key) => sources.Find(key)?.Text;

    private ListenAddress ReadAddress(SettingKey key)
    {
        (string text, string origin) = sources.Find(key)!.Value;
        if (!ListenAddress.TryRead(text, out ListenAddress address))
        {
            faults.Add($"{origin}: '{text}' is no address to listen on; write ADDR:PORT, such as '{key.Default}' or '0.0.0.0:{key.Default!.Split(':')[1]}'.");
        }

        return address;
    }

    private PortRange? ReadPorts(SettingKey key)
    {
        if (sources.Find(key) is not var (text, origin))
        {
            return null;
        }

        if (!PortRange.TryRead(text, out PortRange ports))
        {
            faults.Add($"{origin}: '{text}' is no range of at most {PortRange.CountMax} ports; write {key.ValueName}, such as '8000-8099'.");
        }

        return ports;
    }

    private T ReadOneOf<T>(SettingKey key, params ReadOnlySpan<(string Text, T Value)> choices)
    {
        (string text, string origin) = sources.Find(key)!.Value;
        foreach ((string choice, T value) in choices)
        {
            if (choice == text)
            {
                return value;
            }
        }

        faults.Add($"{origin}: '{text}' is not one of {key.ValueName}.");
        return choices[0].Value;
    }

    private int ReadCount(SettingKey key, int max)
    {
        (string text, string origin) = sources.Find(key)!.Value;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) || count < 1 || count > max)
        {
            faults.Add($"{origin}: '{text}' is no {key.ValueName}; write a whole number of 1 to {max}, or leave it at '{key.Default}'.");
        }

        return count;
    }

    private CertificateFiles? ReadCertificate()
    {
        string? chain = Text(SettingKeys.TlsCertificate);
        string? key = Text(SettingKeys.TlsKey);
        if (chain is null != key is null)
        {
            faults.Add($"{SettingKeys.TlsCertificate.Flag} and {SettingKeys.TlsKey.Flag} belong together: set both or neither.");
        }

        foreach (string path in new[] { chain, key }.OfType<string>().Where(path => !File.Exists(path)))
        {
            faults.Add($"'{path}' does not exist; it should hold a PEM certificate or key.");
        }

        return chain is null || key is null ? null : new CertificateFiles(Path.GetFullPath(chain), Path.GetFullPath(key));
    }

    private Uri? ReadPublicIndex()
    {
        (string text, string origin) = sources.Find(SettingKeys.PublicIndex)!.Value;
        if (text == "none")
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? index) || (index.Scheme != Uri.UriSchemeHttps && index.Scheme != Uri.UriSchemeHttp))
        {
            faults.Add($"{origin}: '{text}' is no package index; write a URL such as '{SettingKeys.PublicIndex.Default}', or 'none'.");
        }

        return index;
    }

    private string ReadWorkspaceName()
    {
        (string text, string origin) = sources.Find(SettingKeys.Workspace)!.Value;
        if (text.Length is 0 or > 64 || text.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not '-'))
        {
            faults.Add($"{origin}: '{text}' is no workspace name; use 1 to 64 letters, digits and dashes.");
        }

        return text;
    }
}
