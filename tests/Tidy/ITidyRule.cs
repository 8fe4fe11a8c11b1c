namespace Appliance.Tests.Tidy;

/// <summary>One property of the tree that reviewers need not watch.</summary>
public interface ITidyRule
{
    IEnumerable<Violation> Inspect(SourceTree tree);
}
