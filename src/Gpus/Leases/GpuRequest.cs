using System.Globalization;
using Appliance.Core.Errors;

namespace Appliance.Gpus.Leases;

/// <summary>The GPUs that somebody asks for: one choice, or several of which the first that can be had now is taken.</summary>
public sealed class GpuRequest
{
    private GpuRequest(string text, IReadOnlyList<GpuChoice> choices)
    {
        Text = text;
        Choices = choices;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>The most wanted first.</summary>
    public IReadOnlyList<GpuChoice> Choices { get; }

    /// <summary>Reads "H100", "H100:2", "any", or several with commas between.</summary>
    /// <exception cref="ApplianceException">InvalidArgument: it says nothing of the kind.</exception>
    public static GpuRequest Parse(string text)
    {
        List<GpuChoice> choices = [];
        foreach (string each in text.Split(','))
        {
            string[] parts = each.Trim().Split(':');
            int count = 1;
            if (parts[0].Length == 0 || parts.Length > 2
                || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out count)) || count < 1)
            {
                throw new ApplianceException(
                    ErrorKind.InvalidArgument, $"gpu=\"{text}\" is not understood: name a type and how many, as in \"H100:2\", or \"any\".");
            }

            choices.Add(new GpuChoice(GpuType.Of(parts[0]), count));
        }

        return new GpuRequest(text, choices);
    }

    /// <summary>Null when not all devices of any choice are free.</summary>
    public IReadOnlyList<GpuDevice>? TryPick(IReadOnlyList<GpuDevice> devices, Func<GpuDevice, bool> isFree)
    {
        foreach (GpuChoice choice in Choices)
        {
            if (choice.TryPick(devices, isFree) is { } picked)
            {
                return picked;
            }
        }

        return null;
    }

    /// <summary>Whether the device is one of those that the request waits for.</summary>
    public bool CouldUse(GpuDevice device, IReadOnlyList<GpuDevice> devices) => Choices.Any(choice => choice.CouldUse(device, devices));

    public bool IsPossible(IReadOnlyList<GpuDevice> devices) => Choices.Any(choice => choice.IsPossible(devices));
}
