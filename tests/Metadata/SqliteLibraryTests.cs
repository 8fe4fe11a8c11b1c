using System.Text.RegularExpressions;
using Appliance.Metadata.Sqlite;
using Xunit;

namespace Appliance.Tests.Metadata;

public sealed class SqliteLibraryTests
{
    /// <summary>The header, the archive that is linked statically and the library loaded here come from one Debian source.</summary>
    [Fact]
    public void Version_InTests_IsThatOfTheLinkedArchive()
    {
        string header = File.ReadAllText("/usr/include/sqlite3.h");
        string linked = Regex.Match(header, "#define SQLITE_VERSION +\"([0-9.]+)\"").Groups[1].Value;

        Assert.Equal(linked, SqliteLibrary.Version);
        Assert.True(Version.Parse(linked) >= new Version(3, 37), "STRICT tables need SQLite 3.37");
    }
}
