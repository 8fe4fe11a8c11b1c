using Microsoft.Extensions.Logging;

namespace Appliance.Admin.Upkeep;

/// <summary>What the log says of upkeep. Event ids are stable.</summary>
internal static partial class UpkeepLog
{
    [LoggerMessage(301, LogLevel.Information, "Removed {Count} things of no use any more and gave back {Bytes} bytes")]
    public static partial void Removed(ILogger logger, long count, long bytes);

    [LoggerMessage(302, LogLevel.Error, "Tidying up {What} failed and will be tried again")]
    public static partial void Failed(ILogger logger, string what, Exception cause);

    [LoggerMessage(303, LogLevel.Error, "Block '{Digest}' is damaged: what is left of it lies in '{Quarantine}'. Check the disk; sending the file again heals it")]
    public static partial void Damaged(ILogger logger, string digest, string quarantine);

    [LoggerMessage(304, LogLevel.Information, "All blocks and contents have been compared with their digests")]
    public static partial void Scrubbed(ILogger logger);

    [LoggerMessage(305, LogLevel.Error, "'{Path}' is damaged, and so are the files of volumes that hold it. Check the disk, and bring these files back from elsewhere")]
    public static partial void DamagedContent(ILogger logger, string path);
}
