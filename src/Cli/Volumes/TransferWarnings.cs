using Appliance.Cli.Output;

namespace Appliance.Cli.Volumes;

/// <summary>Tells what was left out. With JSON it is part of the result.</summary>
internal static class TransferWarnings
{
    public static void Write(Terminal terminal, long skipped, IReadOnlyList<string> warnings)
    {
        if (skipped == 0 || terminal.Form == OutputForm.Json)
        {
            return;
        }

        foreach (string warning in warnings)
        {
            terminal.Errors.WriteLine($"appliance: left out: {warning}");
        }

        if (skipped > warnings.Count)
        {
            terminal.Errors.WriteLine($"appliance: left out: {skipped - warnings.Count} more");
        }
    }
}
