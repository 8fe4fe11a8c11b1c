using Microsoft.Extensions.Logging;

namespace Appliance.Engine.Removal;

/// <summary>What is said of removing other appliances' leavings.</summary>
internal static partial class RemovalLog
{
    [LoggerMessage(611, LogLevel.Information, "Removed '{Directory}', which an appliance left that is gone (data directory: {DataDirectory})")]
    public static partial void Removed(ILogger logger, string directory, string dataDirectory);

    [LoggerMessage(612, LogLevel.Warning, "'{Directory}' was left by an appliance that is gone, and cannot be removed; the next start tries again")]
    public static partial void Failed(ILogger logger, string directory, Exception failure);
}
