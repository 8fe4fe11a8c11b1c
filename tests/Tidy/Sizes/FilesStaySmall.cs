namespace Appliance.Tests.Tidy.Sizes;

/// <summary>Files are short: the median bounds the habit, the cap the exception.</summary>
public sealed class FilesStaySmall : ITidyRule
{
    public const int LinesMedianMax = 90;
    public const int LinesMax = 600;

    public IEnumerable<Violation> Inspect(SourceTree tree)
    {
        foreach (SourceFile file in tree.Code.Where(file => file.Lines.Length > LinesMax))
        {
            yield return new Violation(file.Path, 0, $"{file.Lines.Length} lines, more than {LinesMax}; split it by concern.");
        }

        int[] lengths = [.. tree.Source.Select(file => file.Lines.Length).Order()];
        if (lengths.Length > 0 && lengths[lengths.Length / 2] > LinesMedianMax)
        {
            yield return new Violation("src", 0, $"the median file has {lengths[lengths.Length / 2]} lines, more than {LinesMedianMax}; split the longest.");
        }
    }
}
