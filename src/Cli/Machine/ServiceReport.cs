using System.Text.Json.Serialization;
using Appliance.Admin.Service;
using Appliance.Cli.Output;

namespace Appliance.Cli.Machine;

/// <summary>What <c>install</c> and <c>uninstall</c> did, or would do.</summary>
public sealed record ServiceReport(IReadOnlyList<ServiceStepReport> Steps)
{
    /// <summary>Takes the steps in order and tells each on its way; when dry, only tells.</summary>
    public static async Task<ServiceReport> TakeAsync(
        IReadOnlyList<ServiceStep> steps, bool isDry, Terminal terminal, CancellationToken cancellation)
    {
        var taken = new List<ServiceStepReport>();
        foreach (ServiceStep step in steps)
        {
            StepOutcome outcome = isDry ? StepOutcome.Planned : await step.TakeAsync(cancellation);
            taken.Add(new ServiceStepReport(step.What, outcome));
            if (terminal.Form == OutputForm.Text)
            {
                terminal.WriteLine(outcome switch
                {
                    StepOutcome.Planned => $"would {step.What}",
                    StepOutcome.Unchanged => $"{terminal.Paint("unchanged", Colour.Dim)}  {step.What}",
                    _ => $"{terminal.Paint("done", Colour.Good)}       {step.What}",
                });
            }
        }

        return new ServiceReport(taken);
    }
}

/// <summary>One step and what became of it.</summary>
public sealed record ServiceStepReport(string What, StepOutcome Outcome);

/// <summary>The report as <c>--json</c> prints it. Keys are stable.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ServiceReport))]
public sealed partial class ServiceJson : JsonSerializerContext;
