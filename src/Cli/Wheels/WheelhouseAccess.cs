using System.CommandLine;
using Appliance.Core.Errors;
using Appliance.Metadata;
using Appliance.Packages;

namespace Appliance.Cli.Wheels;

/// <summary>The wheelhouse of a data directory. It is a directory of files, so a server that runs need not be asked.</summary>
internal static class WheelhouseAccess
{
    /// <exception cref="ApplianceException">NotFound: no server has ever run there.</exception>
    public static Wheelhouse Open(ParseResult parsed)
    {
        string directory = GlobalOptions.DataDirectory(parsed);
        return File.Exists(Path.Combine(directory, MetadataStore.FileName)) ? new Wheelhouse(directory) : throw new ApplianceException(
            ErrorKind.NotFound, $"'{directory}' holds no appliance data: name the right --data directory, or start 'appliance serve' once.");
    }
}
