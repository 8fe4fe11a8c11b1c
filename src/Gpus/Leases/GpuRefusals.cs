using Appliance.Core.Errors;
using Appliance.Gpus.Discovery;

namespace Appliance.Gpus.Leases;

/// <summary>Why GPUs can never be had, in the words that users see: what the machine has, and what to do.</summary>
internal static class GpuRefusals
{
    /// <summary>Null when the request may wait for its devices.</summary>
    public static ApplianceException? Judge(GpuRequest request, GpuInventory inventory)
    {
        if (request.Choices.FirstOrDefault(choice => !choice.Type.IsKnown && !inventory.Devices.Any(device => choice.Type.Names(device.Model))) is { } unknown)
        {
            return new ApplianceException(
                ErrorKind.InvalidArgument, $"Not a valid GPU type: '{unknown.Type.Name}'; {Machine(inventory)} {Advice(inventory)}");
        }

        if (inventory.Problem is { } problem)
        {
            return new ApplianceException(
                ErrorKind.FailedPrecondition,
                $"gpu=\"{request.Text}\" cannot be had: this machine has no GPU to use ({problem.What}). {problem.Fix} 'appliance doctor' looks again; without gpu= the code runs on the CPU.");
        }

        if (request.IsPossible(inventory.Devices))
        {
            return null;
        }

        GpuChoice first = request.Choices[0];
        int most = first.CountMost(inventory.Devices);
        return new ApplianceException(
            ErrorKind.FailedPrecondition,
            most > 0 && request.Choices.Count == 1
                ? $"gpu=\"{request.Text}\" cannot be had: {Machine(inventory)} Ask for at most {most}."
                : $"gpu=\"{request.Text}\" cannot be had: {Machine(inventory)} {Advice(inventory)}");
    }

    /// <param name="request">What is waited for.</param>
    /// <param name="inventory">What there is.</param>
    /// <param name="before">How many requests came earlier and wait, too.</param>
    public static string ExplainWait(GpuRequest request, GpuInventory inventory, int before)
    {
        string others = before switch { 0 => "It is next.", 1 => "One other is before it.", _ => $"{before} others are before it." };
        return $"It waits for gpu=\"{request.Text}\" until tasks that have the GPUs end: {Machine(inventory)} {others}";
    }

    private static string Machine(GpuInventory inventory)
    {
        if (inventory.Problem is not null)
        {
            return "this machine has no GPU to use.";
        }

        string[] models = [.. inventory.Devices.Select(device => device.Model).Distinct()];
        return $"this machine has {string.Join(", ", models.Select(model => $"{inventory.Devices.Count(device => device.Model == model)} × {model}"))}.";
    }

    private static string Advice(GpuInventory inventory)
    {
        string[] names = [.. inventory.Devices.Select(device => GpuType.NameOf(device.Model)).Distinct()];
        return names.Length == 0
            ? "'appliance doctor' says why; without gpu= the code runs on the CPU."
            : $"Ask for {string.Join(" or ", names.Select(name => $"gpu=\"{name}\""))}, or gpu=\"any\".";
    }
}
