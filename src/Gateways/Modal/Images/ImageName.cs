using Appliance.Core.Errors;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Transactions;
using Appliance.Objects;

namespace Appliance.Gateways.Modal.Images;

/// <summary>A published name: "name:tag", perhaps with its environment before it.</summary>
internal sealed record ImageName(EnvironmentRecord Environment, string Name, string Tag)
{
    private const string DefaultTag = "latest";
    private const string Noun = "image";

    /// <summary>What clients read.</summary>
    public string Text => $"{Name}:{Tag}";

    /// <param name="read">A snapshot.</param>
    /// <param name="caller">Whose environments are meant.</param>
    /// <param name="environment">Empty for the default one, or for the one in the text.</param>
    /// <param name="text">"name", "name:tag" or "environment/name:tag".</param>
    /// <exception cref="ApplianceException">InvalidArgument: the name. NotFound: the environment.</exception>
    public static ImageName Read(ReadTransaction read, Caller caller, string environment, string text)
    {
        int slash = text.IndexOf('/');
        string within = slash < 0 ? environment : text[..slash];
        string[] parts = text[(slash + 1)..].Split(':');
        if (parts.Length > 2 || (slash >= 0 && environment.Length > 0 && environment != within))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"'{text}' is no name of an image: write 'name:tag', or 'environment/name:tag' without another environment.");
        }

        ObjectNames.Check(Noun, parts[0]);
        string tag = parts.Length == 2 ? parts[1] : DefaultTag;
        ObjectNames.Check("image tag", tag);
        return new ImageName(EnvironmentDirectory.Get(read, caller, within), parts[0], tag);
    }
}
