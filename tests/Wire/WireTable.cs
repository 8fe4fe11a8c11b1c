using System.Globalization;

namespace Appliance.Tests.Wire;

/// <summary>The facts that one or several tables of a protocol state. The format is that of the tables' README.</summary>
internal sealed class WireTable
{
    private readonly HashSet<string> facts = [];
    private readonly HashSet<string> files = [];

    // Rows of methods and bindings name neither package nor service in full: they refer to rows above them.
    private readonly Dictionary<(string File, string Method), string> serviceOfMethod = [];
    private string fileName = "";
    private string service = "";

    public IReadOnlySet<string> Facts => facts;

    /// <summary>Names of the protocol's files, as they are imported.</summary>
    public IReadOnlySet<string> Files => files;

    public static WireTable Load(params ReadOnlySpan<string> names)
    {
        var table = new WireTable();
        foreach (var name in names)
        {
            table.AddRows(name, ReadLines(name));
        }

        return table;
    }

    public static WireTable Parse(string name, IEnumerable<string> lines)
    {
        var table = new WireTable();
        table.AddRows(name, lines);
        return table;
    }

    /// <summary>Lines of a table without comments.</summary>
    public static IEnumerable<string> ReadLines(string name) =>
        File.ReadLines(Path.Combine(Folder(), name)).Where(line => line.Length > 0 && line[0] != '#');

    // The tables are read where they lie: the test project copies no data beside its assembly.
    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "appliance.csproj")))
            {
                return Path.Combine(folder.FullName, "tests", "Wire", "tables");
            }
        }

        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds appliance.csproj.");
    }

    private void AddRows(string name, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            try
            {
                AddRow(line.Split('\t'));
            }
            catch (Exception exception) when (exception is IndexOutOfRangeException or FormatException or KeyNotFoundException)
            {
                throw new FormatException($"{name}: cannot read the row \"{line}\".", exception);
            }
        }
    }

    private void AddRow(string[] row)
    {
        switch (row[0])
        {
            case "file":
                fileName = Path.GetFileName(row[1]);
                files.Add(row[1]);
                break;
            case "service":
                service = row[1];
                facts.Add(WireFact.Service(service));
                break;
            case "rpc":
                serviceOfMethod[(fileName, row[2])] = service;
                facts.Add(WireFact.Method(service, row[2], row[3], row[4]));
                break;
            case "http":
                facts.Add(WireFact.Binding(serviceOfMethod[(row[1], row[2])], row[2], row[3]));
                break;
            case "message":
                facts.Add(WireFact.Message(row[1]));
                break;
            case "field":
                facts.Add(Field(row));
                break;
            case "reserved":
                facts.UnionWith(Reserved(row));
                break;
            case "enum":
                facts.Add(WireFact.Enumeration(row[1]));
                break;
            case "value":
                facts.Add(WireFact.Value(row[1], Number(row[2]), row[3]));
                break;
            case "extension":
                facts.Add(WireFact.Extension(row[1], Number(row[2]), row[3], row[4]));
                break;
            default:
                throw new FormatException($"Unknown kind of row: {row[0]}");
        }
    }

    private static string Field(string[] row)
    {
        var label = Column(row, 5);
        var oneof = Column(row, 6);
        return WireFact.Field(row[1], Number(row[2]), row[3], row[4], new FieldTraits(
            label,
            oneof.Length == 0 ? "" : oneof["oneof ".Length..],
            Column(row, 7) == "deprecated"));
    }

    private static IEnumerable<string> Reserved(string[] row)
    {
        var first = Number(row[2]);
        return Enumerable.Range(first, Number(row[3]) - first + 1).Select(number => WireFact.Reserved(row[1], number));
    }

    // Empty columns at the end of a row are left out.
    private static string Column(string[] row, int index) => index < row.Length ? row[index] : "";

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
