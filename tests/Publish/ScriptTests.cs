using Appliance.Tests.Tidy;

namespace Appliance.Tests.Publish;

public sealed class ScriptTests
{
    [Fact]
    public async Task Scripts_Shellcheck_FindsNothing()
    {
        string root = SourceTree.FindRoot();
        string[] scripts = [.. SourceTree.Open().Files
            .Where(file => (file.IsIn("build") || file.IsIn(".ci")) && file.Text.StartsWith("#!/usr/bin/env bash", StringComparison.Ordinal))
            .Select(file => Path.Combine(root, file.Path))];
        Assert.NotEmpty(scripts);
        (int status, string output, _) = await Tool.TryRunAsync("shellcheck", scripts);
        Assert.True(status == 0, output);
        Assert.All(scripts, script => Assert.True(File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute), script));
    }
}
