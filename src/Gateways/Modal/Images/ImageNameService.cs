using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Gateways.Calls;
using Appliance.Gateways.Modal.Objects;
using Appliance.Identity;
using Appliance.Identity.Environments;
using Appliance.Metadata;
using Appliance.Metadata.Identity;
using Appliance.Metadata.Images;
using Appliance.Metadata.Transactions;
using Appliance.Protos.Modal;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Appliance.Gateways.Modal.Images;

/// <summary>Names of images within an environment.</summary>
public sealed class ImageNameService(MetadataStore store) : ModalClient.ModalClientBase
{
    private const int PageLengthMax = 1000;

    public override Task<ImagePublishResponse> ImagePublish(ImagePublishRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        if (request.AllowPublic)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, "Images cannot be made public here: publish it without allow_public.");
        }

        return store.WriteOnceAsync(context, request, write =>
        {
            ImageName name = ImageName.Read(write, caller, request.EnvironmentName, request.Tag);
            ImageRecord image = ImageRows.Find(write, request.ImageId)
                ?? throw new ApplianceException(ErrorKind.NotFound, $"Could not find image with ID '{request.ImageId}': it was deleted, or never existed.");
            ImageNames.Set(write, name.Environment.Id, name.Name, name.Tag, image.Key);
            return new ImagePublishResponse { ImageId = image.Id, RevisionId = image.Id };
        });
    }

    public override Task<ImageGetByTagResponse> ImageGetByTag(ImageGetByTagRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read => new ImageGetByTagResponse
        {
            ImageId = Get(read, ImageName.Read(read, caller, request.EnvironmentName, request.Tag)).Id,
        }));
    }

    public override Task<ImageListTagsResponse> ImageListTags(ImageListTagsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        int countMax = request.MaxObjects is > 0 and < PageLengthMax ? (int)request.MaxObjects : PageLengthMax;
        return Task.FromResult(store.Read(read =>
        {
            EnvironmentRecord environment = EnvironmentDirectory.Get(read, caller, request.EnvironmentName);
            var response = new ImageListTagsResponse { EnvironmentName = environment.Name };
            IReadOnlyList<ImageNameRecord> page = ImageNames.List(read, environment.Id, request.TagPrefix, request.ImageId, request.PageToken, countMax);
            response.Items.AddRange(page.Select(name => new ImageListTagsItem
            {
                Tag = name.Text,
                ImageId = name.ImageId,
                RevisionId = name.ImageId,
                CreatedAt = ObjectCalls.ToUnixSeconds(name.PublishedAt),
                UpdatedAt = ObjectCalls.ToUnixSeconds(name.PublishedAt),
            }));
            response.NextPageToken = page.Count == countMax ? page[^1].Text : "";
            return response;
        }));
    }

    public override Task<ImageTagRevisionsResponse> ImageTagRevisions(ImageTagRevisionsRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return Task.FromResult(store.Read(read =>
        {
            ImageName name = ImageName.Read(read, caller, request.EnvironmentName, request.Tag);
            ImageRecord image = Get(read, name);
            var response = new ImageTagRevisionsResponse { Tag = name.Text, EnvironmentName = name.Environment.Name };
            response.Items.Add(new ImageTagRevisionsItem { ImageId = image.Id, RevisionId = image.Id, CreatedAt = ObjectCalls.ToUnixSeconds(image.CreatedAt) });
            return response;
        }));
    }

    public override Task<Empty> ImageNameDelete(ImageNameDeleteRequest request, ServerCallContext context)
    {
        Caller caller = context.GetCaller();
        return store.WriteOnceAsync(context, request, write =>
        {
            ImageName name = ImageName.Read(write, caller, "", request.Tag);
            return ImageNames.Remove(write, name.Environment.Id, name.Name, name.Tag) ? new Empty() : throw NotFound(name);
        });
    }

    private static ImageRecord Get(ReadTransaction read, ImageName name) =>
        ImageNames.Find(read, name.Environment.Id, name.Name, name.Tag) is { } key && ImageRows.Find(read, key) is { } image ? image : throw NotFound(name);

    private static ApplianceException NotFound(ImageName name) =>
        new(ErrorKind.NotFound, $"Image '{name.Text}' not found in environment '{name.Environment.Name}': publish one under that name first.");
}
