using System.CommandLine;
using Appliance.Core.Errors;
using Appliance.Packages;

namespace Appliance.Cli.Wheels;

/// <summary><c>appliance wheels remove</c>.</summary>
public static class RemoveVerb
{
    private const string VersionMark = "==";

    public static Command Create()
    {
        var name = new Argument<string>("NAME[==VERSION]") { Description = "A project, or one version of it: numpy, numpy==2.1.0." };
        var command = new Command("remove", "Remove a project's files, or those of one version. Containers keep what they have installed.") { name };
        command.Runs((parsed, terminal, _) =>
        {
            IReadOnlyList<string> removed = Remove(WheelhouseAccess.Open(parsed), parsed.GetValue(name)!);
            terminal.WriteResult(new WheelsRemoved(removed), WheelsJson.Default.WheelsRemoved, text =>
            {
                foreach (string file in removed)
                {
                    text.WriteLine($"Removed {file}.");
                }
            });
            return Task.FromResult(ExitStatus.Done);
        });
        return command;
    }

    private static IReadOnlyList<string> Remove(Wheelhouse wheelhouse, string wanted)
    {
        string[] parts = wanted.Split(VersionMark, 2);
        PackageFile[] files =
            [.. wheelhouse.List(ProjectName.Normalise(parts[0].Trim())).Where(file => parts.Length == 1 || file.HasVersion(parts[1]))];
        if (files.Length == 0)
        {
            throw new ApplianceException(ErrorKind.NotFound, $"There are no files of '{wanted}': 'appliance wheels list' shows what there is.");
        }

        foreach (PackageFile file in files)
        {
            wheelhouse.Remove(file);
        }

        return [.. files.Select(file => file.FileName)];
    }
}
