namespace Appliance.Cli.Output;

/// <summary>Columns of text, as wide as their widest cell.</summary>
public sealed class TextTable(params string[] headings)
{
    private readonly List<string[]> rows = [headings];

    public void AddRow(params string[] cells) => rows.Add(cells);

    public void WriteTo(Terminal terminal)
    {
        int[] widths = [.. headings.Select((_, column) => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            terminal.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
