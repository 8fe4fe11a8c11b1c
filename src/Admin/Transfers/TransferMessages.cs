namespace Appliance.Admin.Transfers;

/// <summary>Which volume takes an import, and how.</summary>
/// <param name="Name">The volume's name.</param>
/// <param name="Environment">Empty for the default one.</param>
/// <param name="To">The directory of the volume.</param>
/// <param name="Create">Whether to make the volume if it is not there.</param>
/// <param name="Version">Of a volume that is made: 1 or 2.</param>
/// <param name="Force">Whether files with other content are replaced.</param>
public sealed record ImportRequest(string Name, string Environment, string To, bool Create, int Version, bool Force);

/// <summary>An import of a directory that the server reads itself.</summary>
public sealed record DirectoryImport(ImportRequest Request, string Path);

/// <summary>Which volume to export, and from which directory or file of it.</summary>
public sealed record ExportRequest(string Name, string Environment, string From);

/// <summary>Which volume is asked for.</summary>
public sealed record VolumeLookup(string Name, string Environment);

/// <summary>One volume as it is now.</summary>
/// <param name="VolumeId">What clients call it.</param>
/// <param name="Version">1 or 2: how clients send files to it.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="Bytes">Their lengths.</param>
public sealed record VolumeSummary(string VolumeId, int Version, long Files, long Bytes);

/// <summary>What a transfer did. Keys are stable: <c>volume import --json</c> and <c>volume export --json</c> print them.</summary>
public sealed record TransferReport(
    string Name,
    string? VolumeId,
    long Files,
    long Bytes,
    long Unchanged,
    long Directories,
    long Links,
    long Skipped,
    IReadOnlyList<string> Warnings);

/// <summary>How far a transfer is, how long it will be (0 while nobody knows), and why it failed, if it did.</summary>
public sealed record TransferState(long Files, long Bytes, long TotalBytes, Api.AdminFailure? Failure);
