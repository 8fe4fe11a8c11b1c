namespace Appliance.Hosting.Settings;

/// <summary>
/// Everything an operator may set. Each key is a flag (<c>--tls-cert</c>), a variable (<c>APPLIANCE_TLS_CERT</c>)
/// and a line of the configuration file (<c>tls-cert = …</c>); the flag wins over the variable, that over the file.
/// </summary>
public static class SettingKeys
{
    public static readonly SettingKey Data = new("data", "DIR", "/var/lib/appliance", "Where everything is kept.");

    public static readonly SettingKey Grpc = new(
        "grpc", "ADDR:PORT", "127.0.0.1:7700", "Where gRPC clients connect. Port 0 picks a free one; beyond loopback TLS is used.");

    public static readonly SettingKey Http = new(
        "http", "ADDR:PORT", "127.0.0.1:7780", "Where HTTP clients, browsers and block transfers connect. Port 0 picks a free one.");

    public static readonly SettingKey WebPorts = new(
        "web-ports", "FIRST-LAST", null, "Ports, such as 8000-8099, of which each web function gets one, for callers that cannot reach it by its host name.");

    public static readonly SettingKey TlsCertificate = new(
        "tls-cert", "FILE", null, "Certificate chain (PEM) to present. Default: one made and renewed by the appliance's own authority.");

    public static readonly SettingKey TlsKey = new("tls-key", "FILE", null, "Private key (PEM) of --tls-cert.");

    public static readonly SettingKey TlsNames = new(
        "tls-names", "NAMES", null, "Further host names and addresses, separated by commas, for the appliance's own certificate.");

    public static readonly SettingKey Tls = new(
        "tls", "auto|on", "auto", "'auto' uses TLS beyond loopback only; 'on' uses it on loopback too.");

    public static readonly SettingKey Workspace = new(
        "workspace", "NAME", "appliance", "Name of the workspace; used on the first start only.");

    public static readonly SettingKey LogFormat = new("log-format", "human|json", "human", "Form of the server log on standard error.");

    public static readonly SettingKey LogLevel = new(
        "log-level", "debug|info|warn|error", "info", "The least severe events that are logged.");

    public static readonly SettingKey StopContainers = new(
        "stop-containers", "on|off", "off", "End all containers when the server stops. Otherwise they go on, and the next server takes them up.");

    public static readonly SettingKey PublicIndex = new(
        "public-index", "URL|none", "https://pypi.org/simple/", "Where pip in containers is sent for packages that 'appliance wheels' has not, while it can be reached.");

    public static readonly SettingKey ContainerMemory = new(
        "container-memory", "MIB|auto", "auto", "Memory that is promised to containers, all together. 'auto' keeps a tenth of the machine's for everything else.");

    public static readonly SettingKey CpuOvercommit = new(
        "cpu-overcommit", "COUNT", "8", "How many times each core is promised to containers: where all are busy at once, they share it.");

    public static readonly SettingKey LogLimit = new(
        "log-limit", "MIB", "1024", "How much of each output of a container, and of each app's log, is kept: the newest. Of commands in containers it is eight times as much.");

    public static readonly SettingKey LogTotal = new(
        "log-total", "MIB", "20480", "How much ended sandboxes may take on the disk, all together. The oldest are removed first.");

    public static readonly SettingKey SandboxRetention = new(
        "sandbox-retention", "DAYS", "7", "How long an ended sandbox can be asked about: then it is removed, with what it wrote.");

    public static readonly IReadOnlyList<SettingKey> All =
    [
        Data, Grpc, Http, WebPorts, Tls, TlsCertificate, TlsKey, TlsNames, Workspace, StopContainers, ContainerMemory, CpuOvercommit, LogLimit,
        LogTotal, SandboxRetention, PublicIndex, LogFormat, LogLevel,
    ];
}
