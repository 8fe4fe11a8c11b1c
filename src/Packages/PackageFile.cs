using Appliance.Core.Errors;

namespace Appliance.Packages;

/// <summary>What the name of a wheel (PEP 427) or of an sdist (PEP 625) says.</summary>
/// <param name="FileName">Without a directory; plain enough to be one part of a path and of a URL.</param>
/// <param name="Project">Normalised.</param>
/// <param name="Version">As written.</param>
public sealed record PackageFile(string FileName, string Project, string Version)
{
    public const string WheelSuffix = ".whl";
    public const string SdistSuffix = ".tar.gz";

    // Room for the suffix of its note in a name of 255 bytes.
    private const int LengthMax = 240;

    public bool IsWheel => FileName.EndsWith(WheelSuffix, StringComparison.Ordinal);

    public static bool HasSuffix(string fileName) =>
        fileName.EndsWith(WheelSuffix, StringComparison.Ordinal) || fileName.EndsWith(SdistSuffix, StringComparison.Ordinal);

    /// <exception cref="ApplianceException">InvalidArgument: it is no such name.</exception>
    public static PackageFile Read(string fileName) => TryRead(fileName) ?? throw new ApplianceException(
        ErrorKind.InvalidArgument,
        $"'{fileName}' is not named as a Python package: a wheel is NAME-VERSION-PYTHON-ABI-PLATFORM.whl, an sdist NAME-VERSION.tar.gz.");

    /// <returns>Null for any other name, so for all that lead to another directory.</returns>
    public static PackageFile? TryRead(string fileName)
    {
        if (fileName.Length > LengthMax || !fileName.All(IsAllowed))
        {
            return null;
        }

        if (fileName.EndsWith(WheelSuffix, StringComparison.Ordinal))
        {
            return ReadWheel(fileName, fileName[..^WheelSuffix.Length].Split('-'));
        }

        if (!fileName.EndsWith(SdistSuffix, StringComparison.Ordinal))
        {
            return null;
        }

        // Older tools leave dashes in the name.
        string stem = fileName[..^SdistSuffix.Length];
        int dash = stem.LastIndexOf('-');
        return dash > 0 ? Of(fileName, stem[..dash], stem[(dash + 1)..]) : null;
    }

    /// <summary>Whether two ways to write a version differ in nothing but what file names change about them.</summary>
    public bool HasVersion(string version) => Plain(Version).Equals(Plain(version), StringComparison.OrdinalIgnoreCase);

    private static PackageFile? ReadWheel(string fileName, string[] parts)
    {
        bool isComplete = parts.Length is 5 or 6 && parts.All(part => part.Length > 0);
        bool hasGoodBuild = parts.Length != 6 || char.IsAsciiDigit(parts[2][0]);
        return isComplete && hasGoodBuild ? Of(fileName, parts[0], parts[1]) : null;
    }

    private static PackageFile? Of(string fileName, string name, string version) =>
        ProjectName.IsValid(name) && version.Length > 0 && char.IsAsciiDigit(version[0])
            ? new PackageFile(fileName, ProjectName.Normalise(name), version)
            : null;

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '+' or '!';

    private static string Plain(string version) => version.Trim().Replace('_', '.').Replace('-', '.');
}
